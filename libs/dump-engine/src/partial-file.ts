import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { ExportFailure } from '#lib/domain';
import type { ByteSink } from './byte-sink.js';
import { classifyFileError } from './failure-words.js';

const READ_BYTES = 1 << 20;
/** So many bytes at most lie in memory alone, besides those that are on their way: the end is not a long sync. */
const SYNC_EVERY_BYTES = 1 << 25;

/** A file in the making: `.partial`, 0600, hashed as it is written and read back before anybody may believe in it. */
export class PartialFile implements ByteSink {
  private readonly hash = createHash('sha256');
  private written = 0;
  private syncedTo = 0;
  private syncing: Promise<void> | null = null;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws {ExportFailure} `disk_full`, `storage_failed` */
  static async create(path: string): Promise<PartialFile> {
    const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
      throw classifyFileError(error as NodeJS.ErrnoException);
    });
    return new PartialFile(path, handle);
  }

  get sizeBytes(): number {
    return this.written;
  }

  async write(chunk: Buffer): Promise<void> {
    this.hash.update(chunk);
    let offset = 0;
    while (offset < chunk.length) {
      const { bytesWritten } = await this.handle.write(chunk, offset).catch((error: unknown) => {
        throw classifyFileError(error as NodeJS.ErrnoException);
      });
      offset += bytesWritten;
    }
    this.written += chunk.length;
    this.syncAlong();
  }

  /** Has the system write to the disk while the dump goes on. A failure is kept: a later sync may not tell of it. */
  private syncAlong(): void {
    if (this.syncing !== null || this.written - this.syncedTo < SYNC_EVERY_BYTES) return;
    this.syncedTo = this.written;
    this.syncing = this.handle.datasync().then(() => {
      this.syncing = null;
    });
    this.syncing.catch(() => undefined);
  }

  /** Nothing is held back: what was written is in the file. */
  finish(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Brings the bytes to the disk, reads them back and compares.
   * @returns the SHA-256 of the file, lower-case hex
   * @throws {ExportFailure} `archive_invalid` when what lies on the disk is not what was written, `disk_full`,
   *   `storage_failed`
   */
  async seal(signal: AbortSignal): Promise<string> {
    const sha256 = this.hash.digest('hex');
    const onDisk = await this.readBack(signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw classifyFileError(error as NodeJS.ErrnoException);
    });
    if (onDisk.sha256 !== sha256 || onDisk.sizeBytes !== this.written) {
      throw new ExportFailure('archive_invalid', 'The file on the disk differs from what was written.', {
        detail: `written: ${String(this.written)} bytes, sha256 ${sha256}; read: ${String(onDisk.sizeBytes)} bytes, sha256 ${onDisk.sha256}`,
      });
    }
    return sha256;
  }

  private async readBack(signal: AbortSignal): Promise<{ sha256: string; sizeBytes: number }> {
    await this.syncing;
    await this.handle.sync();
    await this.handle.close();
    return hashFile(this.path, signal);
  }

  /** Closes and removes the file, whatever state it is in. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

/** SHA-256 (lower-case hex) and size of a file on disk. One part is read while the one before is hashed. */
export async function hashFile(path: string, signal: AbortSignal): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  const read = (buffer: Buffer) => {
    const reading = handle.read(buffer, 0, READ_BYTES, null);
    // Whoever awaits it hears of it; after an abort nobody does.
    reading.catch(() => undefined);
    return reading;
  };
  let sizeBytes = 0;
  try {
    let reading = read(Buffer.allocUnsafe(READ_BYTES));
    let free: Buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
      reading = read(free);
      hash.update(buffer.subarray(0, bytesRead));
      sizeBytes += bytesRead;
      free = buffer;
    }
  } finally {
    await handle.close();
  }
}
