import { ExportFailure } from '#lib/domain';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { lowerSession, sessionNice } from './session-priority.js';
import { TextTail } from './text-tail.js';

/** How a child ended: an exit code, or the signal that killed it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
}

export function isSuccess({ code, signal }: Exit): boolean {
  return code === 0 && signal === null;
}

/** Kills a child when its parent dies, however the parent dies (util-linux, Linux only). */
const SETPRIV = firstThere('/usr/bin/setpriv', '/bin/setpriv');

/**
 * Gives a child's stdin and stdout buffers of 256 KiB (coreutils, Linux only). pg_dump's and pg_restore's own are 4 KiB
 * on a pipe: a quarter of a million small reads or writes a gigabyte, each of which wakes the other end.
 */
const STDBUF = firstThere('/usr/bin/stdbuf', '/bin/stdbuf');

/** The first of the programs that is on this machine; on Linux only. */
export function firstThere(...paths: string[]): string | undefined {
  return paths.find((path) => process.platform === 'linux' && existsSync(path));
}

/** The program behind the helpers of this machine; every one of them ends by becoming the next. */
function commandLine(
  path: string,
  args: readonly string[],
  buffers: boolean,
  deathSignal: DeathSignal,
): [string, ...string[]] {
  return [
    ...(SETPRIV === undefined ? [] : [SETPRIV, '--pdeathsig', deathSignal, '--']),
    ...(STDBUF === undefined || !buffers ? [] : [STDBUF, '--input=256K', '--output=256K']),
    path,
    ...args,
  ] as [string, ...string[]];
}

/** KILL, or for a program that has to end its children, TERM; QUIT where there is shared memory to clear away as well. */
type DeathSignal = 'KILL' | 'TERM' | 'QUIT';

export interface ChildOptions {
  /** Sees each line of stderr; returns false for one that is not worth keeping. */
  onLine?: (line: string) => boolean;
  /** Where the program's output goes: an open file descriptor. */
  stdout?: number | 'ignore';
  /** Sees the program's output, instead: for those that say little. */
  onOutput?: (text: string) => void;
  /** The program moves whole archives through its stdin or stdout. */
  buffers?: boolean;
  /** Whom the program runs as; null is ourselves. Only root can have it run as somebody else. */
  account?: { uid: number; gid: number } | null;
  /** What the program gets when we die. */
  deathSignal?: DeathSignal;
  /** The program starts processes of its own, which are killed with it, and when it is gone. */
  hasChildren?: boolean;
}

/** What a helper leaves behind that could not start the program: not allowed to, not there. */
const HELPERS_FAILED = [126, 127];
const HELPERS_WORDS = /^(\S*\/)?(setpriv|stdbuf): /;

/**
 * A running PostgreSQL program. Its environment is PATH, a C locale and what is given: never the server's own. Its
 * stderr is kept as a bounded tail, and read line by line where somebody listens.
 */
export class ChildProgram {
  readonly stdin: Writable;
  /** Rejects with an {@link ExportFailure} `pg_dump_missing` when the program could not be started. */
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcessByStdio<Writable, Readable | null, Readable>;
  private readonly lastWords = new TextTail();
  private readonly hasChildren: boolean;

  /**
   * @param environment PG* variables, where secrets travel
   */
  constructor(
    path: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    {
      onLine = () => true,
      stdout = 'ignore',
      onOutput,
      buffers = false,
      account = null,
      deathSignal = 'KILL',
      hasChildren = false,
    }: ChildOptions = {},
  ) {
    const [program, ...programArgs] = commandLine(path, args, buffers, deathSignal);
    this.child = spawn(program, programArgs, {
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', ...environment },
      // In a process group of its own, by which all that it starts can be reached.
      detached: hasChildren,
      stdio: ['pipe', onOutput === undefined ? stdout : 'pipe', 'pipe'],
      // Somebody else may not enter the folder that we are in.
      ...(account === null ? {} : { uid: account.uid, gid: account.gid, cwd: '/' }),
    }) as ChildProcessByStdio<Writable, Readable | null, Readable>;
    if (onOutput !== undefined) this.child.stdout?.setEncoding('utf8').on('data', onOutput);
    this.hasChildren = hasChildren;
    // A session of its own begins with the usual priority, whatever ours has been given.
    if (hasChildren && this.child.pid !== undefined) lowerSession(this.child.pid, sessionNice());
    // Its children hold its stderr open, and work on: it would not count as gone before they are through.
    if (hasChildren) this.child.once('exit', () => this.killGroup());
    this.stdin = this.child.stdin;
    // A child that ends early closes its stdin; its exit says why, the broken pipe does not.
    this.stdin.on('error', () => undefined);
    const lines = createInterface({ input: this.child.stderr });
    lines.on('line', (line) => {
      if (onLine(line)) this.lastWords.add(`${line}\n`);
    });
    this.exited = new Promise((resolve, reject) => {
      const missing = (words: string) => {
        reject(new ExportFailure('pg_dump_missing', `${basename(path)} could not be started.`, { detail: words }));
      };
      this.child.once('error', (error) => {
        missing(error.message);
      });
      this.child.once('close', (code, signal) => {
        if (code !== null && HELPERS_FAILED.includes(code) && HELPERS_WORDS.test(this.stderr)) {
          missing(this.stderr);
        } else {
          resolve({ code, signal });
        }
      });
    });
    // Whoever awaits `exited` hears of it; until then it must not count as unhandled.
    this.exited.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stderr(): string {
    return this.lastWords.toString();
  }

  kill(signal: 'SIGKILL' | 'SIGQUIT' = 'SIGKILL'): void {
    this.child.kill(signal);
    if (this.hasChildren) this.killGroup();
  }

  private killGroup(): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  }
}
