import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canEnter, type OsUser } from '../machine/os-user.ts';
import { PlainError } from '../plain-error.ts';
import type { Log } from '../machine/package-manager.ts';
import type { PostgresBinaries } from './binaries.ts';
import { isWhole } from './data-folder.ts';

const systemFolder = '/var/lib/pg-export';

/**
 * The folder of the embedded cluster: DATA_DIR/postgres, or, where the OS user of the server can't enter that (root's home,
 * say), /var/lib/pg-export/<hash of DATA_DIR>. A cluster that is already there stays where it is.
 */
export async function clusterHome(dataDir: string, user: OsUser | undefined, log: Log): Promise<string> {
  // Others may pass through (0711), not look: the server's OS user has to reach its own folder inside.
  mkdirSync(dataDir, { recursive: true, mode: user ? 0o711 : 0o700 });
  const realDataDir = realpathSync(dataDir);
  const inside = join(realDataDir, 'postgres');
  if (!user) return ownFolder(inside, user);
  const outside = join(systemFolder, createHash('sha256').update(realDataDir).digest('hex').slice(0, 16));
  const reachable = await canEnter(user, realDataDir);
  if (isWhole(inside)) {
    if (reachable) return inside;
    throw new PlainError(
      `The OS user ${user.name} can no longer enter ${realDataDir}, which holds the database. Let it pass: chmod o+x ${realDataDir} and the folders above`,
    );
  }
  if (reachable && !isWhole(outside)) return ownFolder(inside, user);
  log(`The OS user ${user.name} can't use ${realDataDir}: PostgreSQL's files are in ${outside}`);
  mkdirSync(systemFolder, { recursive: true, mode: 0o755 });
  return ownFolder(outside, user);
}

function ownFolder(folder: string, user: OsUser | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** The programs as the server's OS user can run them: those of a clone that it can't enter are copied out once. */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: OsUser | undefined,
): Promise<PostgresBinaries> {
  if (await canEnter(user, binaries.folder)) return binaries;
  const native = dirname(binaries.folder);
  const copy = join(systemFolder, `server-${basename(dirname(native))}-${binaries.major}`);
  if (!existsSync(copy)) {
    mkdirSync(systemFolder, { recursive: true, mode: 0o755 });
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return { ...binaries, folder: join(copy, 'bin') };
}
