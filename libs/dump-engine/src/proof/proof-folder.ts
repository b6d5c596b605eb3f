import { ExportFailure } from '#lib/domain';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChildProgram, isSuccess } from '../child-program.js';
import { classifyFileError } from '../failure-words.js';
import { type OsAccount, serverAccount } from './os-account.js';

/** Where proofs are made whose server can't enter the work folder: as root, whose folders are closed to others. */
const OUTSIDE = '/var/lib/pg-export/proofs';
/** sun_path has 108 bytes on Linux and 104 elsewhere, the closing zero included. */
const LONGEST_SOCKET_PATH = 103;
const SOCKET_FILE = '.s.PGSQL.5432';
const SHORT_PLACE = '/tmp/pg-export-proof-';
/** Holds the path of a socket folder that is not inside. */
const SOCKET_NOTE = 'socket-folder';

export const PROOF_SUFFIX = '.proof';

/** Folders in which proofs of this work folder may be found, each called after its artifact's key and `.proof`. */
export function proofParents(workDir: string): string[] {
  return [workDir, OUTSIDE];
}

/** In which of them a proof would be made. */
export async function proofPlace(workDir: string): Promise<string> {
  return placeFor(await serverAccount().catch(() => null), workDir);
}

async function placeFor(account: OsAccount | null, workDir: string): Promise<string> {
  return (await canEnter(account, workDir)) ? workDir : OUTSIDE;
}

/** The folder of one throwaway server: 0700, its own account's, and gone with it. */
export class ProofFolder {
  private constructor(
    readonly home: string,
    /** Holds the server's Unix socket; its path is short enough for one. */
    readonly sockets: string,
  ) {}

  /**
   * @param key of the artifact that is proven; what an earlier proof of it has left behind is removed
   * @throws {ExportFailure} `disk_full`, `storage_failed`
   */
  static async create(workDir: string, key: string, account: OsAccount | null): Promise<ProofFolder> {
    try {
      await mkdir(workDir, { recursive: true, mode: 0o700 });
      const parent = await placeFor(account, workDir);
      if (parent === OUTSIDE) await makeOutside();
      const home = join(parent, `${key}${PROOF_SUFFIX}`);
      await removeProofFolder(home);
      await mkdir(home, { mode: 0o700 });
      const sockets = await makeSocketFolder(home);
      for (const folder of [home, sockets]) if (account !== null) await chown(folder, account.uid, account.gid);
      return new ProofFolder(home, sockets);
    } catch (error) {
      if (error instanceof ExportFailure) throw error;
      throw classifyFileError(error as NodeJS.ErrnoException);
    }
  }

  get data(): string {
    return join(this.home, 'data');
  }

  /** Writes a file that the server's account can read, and nobody else. */
  async write(name: string, text: string, account: OsAccount | null): Promise<string> {
    const path = join(this.home, name);
    try {
      await writeFile(path, text, { mode: 0o600 });
      if (account !== null) await chown(path, account.uid, account.gid);
    } catch (error) {
      throw classifyFileError(error as NodeJS.ErrnoException);
    }
    return path;
  }

  remove(): Promise<void> {
    return removeProofFolder(this.home);
  }
}

/** Removes a proof's folder, and its socket's where that is elsewhere. A server that still runs in it notices, and ends. */
export async function removeProofFolder(home: string): Promise<void> {
  const elsewhere = await readFile(join(home, SOCKET_NOTE), 'utf8').catch(() => null);
  if (elsewhere?.startsWith(SHORT_PLACE) === true) await rm(elsewhere, { recursive: true, force: true });
  // A server that is being killed may still make a file while its folder is emptied.
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

async function makeSocketFolder(home: string): Promise<string> {
  const inside = join(home, 'socket');
  if (Buffer.byteLength(join(inside, SOCKET_FILE)) <= LONGEST_SOCKET_PATH) {
    await mkdir(inside, { mode: 0o700 });
    return inside;
  }
  const elsewhere = await mkdtemp(SHORT_PLACE);
  await chmod(elsewhere, 0o700);
  await writeFile(join(home, SOCKET_NOTE), elsewhere, { mode: 0o600 });
  return elsewhere;
}

/** Whether the account can enter the folder, asked of the operating system itself: modes, ACLs and mounts all count. */
async function canEnter(account: OsAccount | null, folder: string): Promise<boolean> {
  if (account === null) return true;
  const asked = new ChildProgram('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {}, { account });
  return isSuccess(await asked.exited);
}

/** Others may pass through, not look; whatever the umask says. */
async function makeOutside(): Promise<void> {
  await mkdir(OUTSIDE, { recursive: true, mode: 0o711 });
  await chmod(dirname(OUTSIDE), 0o755);
  await chmod(OUTSIDE, 0o711);
}
