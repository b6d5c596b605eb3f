import { ConfigError } from '#lib/config';
import { ExportFailure } from '#lib/domain';
import { hashFile } from '#lib/dump-engine';
import { randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d{1,3}$/;
const MARK = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ARRIVING = '.arriving';
const COPY_BYTES = 1 << 20;
/** Says which store a folder is; without it, it is the empty mount point of a store that is away. */
export const STORE_MARKER = '.pg-export-store';

/** What an artifact is called in the store: the export's id and the run that made it; no part comes from a client. */
export function artifactKey(exportId: string, attempt: number): string {
  return `${exportId}.${String(attempt)}`;
}

/** The export that an artifact's key belongs to, or null when it is no key. */
export function exportOfKey(key: string): string | null {
  return KEY.test(key) ? key.slice(0, key.lastIndexOf('.')) : null;
}

/** Lets one process at a time enter, and remembers the mark of the store that the first one has entered. */
export interface Register {
  settle(enter: (registered: string | null) => Promise<string>): Promise<void>;
}

/** Finished files in one folder of a file system: 0600 each, in a folder of 0700, addressed by key only. */
export class ArtifactStore {
  /** The mark of the store that was entered. */
  private id: string | null = null;

  constructor(private readonly folder: string) {}

  /**
   * The store in the folder, entered as the one that the register knows, or as its first.
   * @throws {ConfigError} when the finished files are somewhere else
   */
  static async entered(folder: string, register: Register): Promise<ArtifactStore> {
    const store = new ArtifactStore(folder);
    await register.settle((registered) => store.enter(registered));
    return store;
  }

  /**
   * Makes sure that the folder is the registered store; the first one of all is made, and marked. To be called by one
   * process at a time.
   * @param registered the mark of the store that the installation's files are in, or null while there is none
   * @returns the folder's mark
   * @throws {ConfigError} when the files are somewhere else
   */
  async enter(registered: string | null = null): Promise<string> {
    const found = await this.readMark();
    if (registered !== null && found !== registered) throw new ConfigError([this.notTheStore(registered, found)]);
    this.id = found ?? (await this.mark(randomUUID()));
    return this.id;
  }

  private async mark(id: string): Promise<string> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const marker = await open(this.marker, 'w', 0o600);
    await marker
      .writeFile(`${id}\n`)
      .then(() => marker.sync())
      .finally(() => marker.close());
    await syncFolder(this.folder);
    return id;
  }

  /** Null where the folder is no store. */
  private async readMark(): Promise<string | null> {
    try {
      const words = (await readFile(this.marker, 'utf8')).trim();
      return MARK.test(words) ? words : null;
    } catch (error) {
      if (isFileError(error, 'ENOENT')) return null;
      throw error;
    }
  }

  private notTheStore(registered: string, found: string | null): string {
    return (
      `STORAGE_URL leads to ${this.folder}, which is ${found === null ? 'not marked as a store' : "another store's folder"}: ` +
      `the finished files are in the store with the mark ${registered}. Mount that one there; or, to begin anew in this ` +
      `folder, write this mark into ${this.marker}`
    );
  }

  /**
   * Takes a whole and synced file into the store; it appears under its key in one step or not at all. Where the store is
   * on another file system, its copy is read back before it counts.
   * @param sha256 of the file, lower-case hex
   * @throws {ExportFailure} `archive_invalid` for a copy that differs, `storage_failed` while the store is away, the file system's error (`ENOSPC`, `EROFS`, …), or
   *   the signal's reason
   */
  async take(path: string, key: string, sha256: string, signal: AbortSignal): Promise<void> {
    const target = this.path(key);
    signal.throwIfAborted();
    // What is put into an empty mount point vanishes when the store comes back.
    if (!(await this.isOurs())) throw new ExportFailure('storage_failed', 'The store of finished files is away.');
    try {
      await rename(path, target);
    } catch (error) {
      if (!isFileError(error, 'EXDEV')) throw error;
      await this.copyIn(path, target, sha256, signal);
    }
    await syncFolder(this.folder);
  }

  private async copyIn(path: string, target: string, sha256: string, signal: AbortSignal): Promise<void> {
    const arriving = `${target}${ARRIVING}`;
    try {
      await pipeline(
        createReadStream(path, { highWaterMark: COPY_BYTES }),
        createWriteStream(arriving, { flags: 'wx', mode: 0o600, flush: true, highWaterMark: COPY_BYTES }),
        { signal },
      );
      const copy = await hashFile(arriving, signal);
      if (copy.sha256 !== sha256) {
        throw new ExportFailure('archive_invalid', 'The file in the store differs from the one that was made.', {
          detail: `made: sha256 ${sha256}; in the store: ${String(copy.sizeBytes)} bytes, sha256 ${copy.sha256}`,
        });
      }
      await rename(arriving, target);
      await rm(path);
    } catch (error) {
      await rm(arriving, { force: true });
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Opens an artifact for reading, or returns null when it is not there. A link in its place is not followed. */
  async open(key: string): Promise<FileHandle | null> {
    try {
      return await open(this.path(key), constants.O_RDONLY | constants.O_NOFOLLOW);
    } catch (error) {
      if (isFileError(error, 'ENOENT') || isFileError(error, 'ELOOP')) return null;
      throw error;
    }
  }

  /** Deletes an artifact; one that is not there is fine. */
  async delete(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }

  /** Every file in the folder that has the form of an artifact, whole or arriving, with its age. */
  async list(): Promise<{ key: string; whole: boolean; modifiedAt: Date }[]> {
    const names = await readdir(this.folder);
    const found = await Promise.all(
      names.map(async (name) => {
        const whole = !name.endsWith(ARRIVING);
        const key = whole ? name : name.slice(0, -ARRIVING.length);
        if (!KEY.test(key)) return null;
        const stats = await lstat(join(this.folder, name)).catch(() => null);
        return stats === null ? null : { key, whole, modifiedAt: stats.mtime };
      }),
    );
    return found.filter((file) => file !== null);
  }

  /** Removes what a copy that was cut short left under the key. */
  async deleteArriving(key: string): Promise<void> {
    await rm(`${this.path(key)}${ARRIVING}`, { force: true });
  }

  /** Whether this is the store, and can be read and written; while it is not, a file that is missing is not lost. */
  async isUp(): Promise<boolean> {
    try {
      await access(this.folder, constants.R_OK | constants.W_OK | constants.X_OK);
      return await this.isOurs();
    } catch {
      return false;
    }
  }

  private async isOurs(): Promise<boolean> {
    return this.id !== null && (await this.readMark()) === this.id;
  }

  private get marker(): string {
    return join(this.folder, STORE_MARKER);
  }

  private path(key: string): string {
    if (!KEY.test(key)) throw new Error(`Not a key of the artifact store: ${JSON.stringify(key)}`);
    return join(this.folder, key);
  }
}

/** Makes a rename durable: without it a crash may bring the old name back. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync().finally(() => handle.close());
}

export function isFileError(error: unknown, code: string): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
