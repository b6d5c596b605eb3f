import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { canEnter, type OsUser } from '../machine/os-user.ts';
import { endProcess, identify, workingFolderOf } from '../machine/processes.ts';
import { runToolOrFail } from '../machine/tool.ts';
import { PlainError } from '../plain-error.ts';
import type { Log } from '../machine/package-manager.ts';
import type { PostgresBinaries } from './binaries.ts';
import { dataFolderOf, isWhole } from './data-folder.ts';
import { isSameFolder, readPostmasterFile } from './postmaster-file.ts';

const SYSTEM_FOLDER = '/var/lib/pg-export';

/** Where the password of this DATA_DIR's cluster is kept. */
export const passwordFileOf = (dataDir: string): string => join(dataDir, 'secrets/postgres-password');

/**
 * The folder of the embedded cluster: DATA_DIR/postgres, or, where the OS user of the server can't enter that (root's home,
 * say), /var/lib/pg-export/<hash of DATA_DIR>. A cluster that is already there stays where it is, but for one outside whose
 * DATA_DIR was removed: nobody has its password any more, so it is kept aside.
 */
export async function clusterHome(
  dataDir: string,
  user: OsUser | undefined,
  log: Log,
  systemFolder = SYSTEM_FOLDER,
): Promise<string> {
  // Others may pass through (0711), not look: the server's OS user has to reach its own folder inside.
  mkdirSync(dataDir, { recursive: true, mode: user ? 0o711 : 0o700 });
  const realDataDir = realpathSync(dataDir);
  const inside = join(realDataDir, 'postgres');
  if (!user) return ownFolder(inside, user);
  const outside = join(systemFolder, createHash('sha256').update(realDataDir).digest('hex').slice(0, 16));
  if (isWhole(outside) && !existsSync(passwordFileOf(realDataDir))) await leaveBehind(outside, log);
  const reachable = await canEnter(user, realDataDir);
  if (isWhole(inside)) {
    if (reachable) return inside;
    throw new PlainError(
      `The OS user ${user.name} can no longer enter ${realDataDir}, which holds the database. Let it pass: chmod o+x ${realDataDir} and the folders above`,
    );
  }
  if (reachable && !isWhole(outside)) return ownFolder(inside, user);
  log(`The OS user ${user.name} can't use ${realDataDir}: PostgreSQL's files are in ${outside}`);
  makeSystemFolder(systemFolder);
  return ownFolder(outside, user);
}

/** Open to the OS user of the server, whatever the umask says. */
function makeSystemFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
}

async function leaveBehind(home: string, log: Log, now = new Date()): Promise<void> {
  const data = dataFolderOf(home);
  const file = readPostmasterFile(data);
  const server = file && identify(file.pid);
  if (server && isSameFolder(workingFolderOf(server.pid) ?? '', data)) {
    await endProcess(server, { polite: 'SIGINT', force: 'SIGQUIT', graceMilliseconds: 30_000 });
  }
  const aside = `${home}.left-${now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}`;
  renameSync(home, aside);
  log(
    `The database in ${home} belongs to a DATA_DIR that was removed, and its password with it: it is kept as ${aside}`,
  );
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
  systemFolder = SYSTEM_FOLDER,
): Promise<PostgresBinaries> {
  if (await canEnter(user, binaries.folder)) return binaries;
  const native = dirname(binaries.folder);
  const copy = join(systemFolder, `server-${basename(dirname(native))}-${binaries.major}`);
  makeSystemFolder(systemFolder);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    // Folders are made with the umask's mode.
    await runToolOrFail('The server’s programs could not be opened to its OS user', 'chmod', ['-R', 'a+rX', draft]);
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return { ...binaries, folder: join(copy, 'bin') };
}
