import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../machine/processes.ts';
import { PlainError } from '../plain-error.ts';

interface LockContent extends ProcessIdentity {
  /** The processes its owner started, by name: when the owner was killed, they may still run. */
  children: Record<string, ProcessIdentity>;
}

/** One `npm start` per DATA_DIR, told by process number and start time, so that a stale lock never needs a hand. */
export class StartLock {
  /** What an owner that was killed left running. */
  readonly leftOver: Record<string, ProcessIdentity>;
  private readonly path: string;
  private readonly content: LockContent;

  private constructor(path: string, content: LockContent, leftOver: Record<string, ProcessIdentity>) {
    this.path = path;
    this.content = content;
    this.leftOver = leftOver;
  }

  static take(dataDir: string): StartLock {
    const self = identify(process.pid);
    if (!self) throw new Error('this process can not find itself');
    const path = join(dataDir, 'start.lock');
    const content: LockContent = { ...self, children: {} };
    mkdirSync(dataDir, { recursive: true });
    for (;;) {
      const holder = readLock(path);
      if (holder && isAlive(holder)) {
        throw new PlainError(
          `pg-export already runs on ${dataDir} (pid ${holder.pid}). Stop it first, or set another DATA_DIR and PORT`,
        );
      }
      if (holder && !removeStale(path, holder)) continue;
      if (create(path, content)) {
        const leftOver = Object.entries(holder?.children ?? {}).filter(([, child]) => isAlive(child));
        return new StartLock(path, content, Object.fromEntries(leftOver));
      }
    }
  }

  /** Notes a process we started, for the one who comes after us if we are killed. */
  note(name: string, pid: number): void {
    const child = identify(pid);
    if (!child) return;
    this.content.children[name] = child;
    const draft = `${this.path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.content), { mode: 0o600 });
    renameSync(draft, this.path);
  }

  release(): void {
    rmSync(this.path, { force: true });
  }
}

function readLock(path: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
  } catch (error) {
    if (error instanceof SyntaxError) return { pid: 0, startTime: '', children: {} };
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Linked when whole: nobody reads half a lock, and of two that come together one gets it. */
function create(path: string, content: LockContent): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

/** Takes a stale lock away, unless another process was faster and what lies there is its new one. */
function removeStale(path: string, stale: LockContent): boolean {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const taken = readLock(aside);
  const isStale = taken?.pid === stale.pid && taken.startTime === stale.startTime;
  if (!isStale) renameSync(aside, path);
  else rmSync(aside);
  return isStale;
}
