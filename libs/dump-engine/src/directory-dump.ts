import { ExportFailure } from '#lib/domain';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteSink } from './byte-sink.js';
import { checkDirectory } from './archive-check.js';
import { ChildProgram, isSuccess } from './child-program.js';
import { CompressedFile } from './compressed-file.js';
import { type FolderProgress, isChatter } from './dump-progress.js';
import type { DumpedFile, FileInput } from './dump.js';
import { classifyDumpError, classifyFileError } from './failure-words.js';
import { PartialFile } from './partial-file.js';
import { packFolder } from './tar-file.js';

/** Four looks a second; a folder of thousands of files is looked at as often as one per cent of the time allows. */
const LOOK_INTERVAL_MS = 250;
const LOOK_SHARE = 0.01;
/** How pg_dump names the file of a large object. */
const LARGE_OBJECT = 'blob_';

export interface DirectoryDumpInput extends FileInput {
  /** Where pg_dump's connections write, one file a table; must not exist, and is gone afterwards. */
  folderPath: string;
}

/**
 * One pg_dump of several connections on its way to one tar. Its folder is proven by pg_restore, which reads every file of
 * it, while it is packed; success is what it is for a {@link Dump}, and that each file is in the tar with its size.
 */
export class DirectoryDump {
  private file: PartialFile | null = null;
  private folderBytes = 0;
  private largeObjectBytes = 0;
  private hasAnswered = false;
  private packed = { bytes: 0, of: 0 };

  constructor(private readonly input: DirectoryDumpInput) {}

  /** Bytes of the folder while pg_dump fills it, then those of the file. */
  get bytesWritten(): number {
    return this.file?.sizeBytes ?? this.folderBytes;
  }

  get folder(): FolderProgress {
    const packedShare = Math.min(this.packed.bytes / Math.max(this.packed.of, 1), 1);
    return { packedShare, largeObjectBytes: this.largeObjectBytes };
  }

  /** Bytes that pg_dump has written so far: what a stall is measured by. */
  get bytesDelivered(): number {
    return this.folderBytes;
  }

  /**
   * Runs to the end. Whatever happens, no process and no folder is left; unless it succeeds, no file either.
   * @throws {ExportFailure} saying why there is no file, or the signal's reason
   */
  async run(signal: AbortSignal): Promise<DumpedFile> {
    const { folderPath, onDumped } = this.input;
    signal.throwIfAborted();
    try {
      await mkdir(folderPath, { mode: 0o700 });
      await this.fill(signal);
      onDumped();
      return await this.pack(signal);
    } catch (error) {
      await this.file?.discard();
      signal.throwIfAborted();
      throw error instanceof ExportFailure ? error : classifyFileError(error as NodeJS.ErrnoException);
    } finally {
      await rm(folderPath, { recursive: true, force: true });
    }
  }

  /** Runs pg_dump until it and all that it has started are gone. */
  private async fill(signal: AbortSignal): Promise<void> {
    const { client, args, environment, folderPath, onLine } = this.input;
    const dump = new ChildProgram(client.pgDump, [...args, `--file=${folderPath}`], environment, {
      hasChildren: true,
      deathSignal: 'TERM',
      onLine: (line) => {
        this.hasAnswered ||= isChatter(line);
        return onLine(line);
      },
    });
    const stop = () => {
      dump.kill();
    };
    const looking = new AbortController();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    void this.look(looking.signal);
    try {
      const exit = await dump.exited;
      signal.throwIfAborted();
      if (!isSuccess(exit)) throw classifyDumpError(dump.stderr, exit, this.hasAnswered);
    } finally {
      looking.abort();
      signal.removeEventListener('abort', stop);
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = performance.now();
      const sizes = await sizesIn(this.input.folderPath).catch(() => null);
      if (sizes !== null) {
        this.folderBytes = bytesOf(sizes);
        this.largeObjectBytes = bytesOf([...sizes].filter(([name]) => name.startsWith(LARGE_OBJECT)));
      }
      const pause = Math.max(LOOK_INTERVAL_MS, (performance.now() - startedAt) / LOOK_SHARE);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Proves the folder and makes the file of it, side by side; the first of the two to fail ends the other. */
  private async pack(signal: AbortSignal): Promise<DumpedFile> {
    const { client, folderPath, partialPath, zstdLevel, onChecked } = this.input;
    const file = await PartialFile.create(partialPath);
    this.file = file;
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const sink = zstdLevel === null ? file : new CompressedFile(file, zstdLevel);
    const sizes = await sizesIn(folderPath);
    this.packed = { bytes: 0, of: bytesOf(sizes) };
    const counted: ByteSink = {
      write: (chunk) => {
        this.packed.bytes += chunk.length;
        return sink.write(chunk);
      },
      finish: () => sink.finish(),
    };
    const works = [
      checkDirectory(client, folderPath, onChecked, either),
      packFolder(folderPath, sizes, counted, either).then(() => counted.finish()),
    ].map((work) =>
      work.catch((error: unknown) => {
        failed.abort(error);
      }),
    );
    await Promise.all(works);
    either.throwIfAborted();
    const sha256 = await file.seal(signal);
    return { path: file.path, sizeBytes: file.sizeBytes, sha256 };
  }
}

/** Names and bytes of the files in a folder; those that pg_dump makes have no subfolders. */
async function sizesIn(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder);
  const stats = await Promise.all(names.map((name) => stat(join(folder, name))));
  return new Map(names.map((name, index) => [name, stats[index]?.size ?? 0]));
}

function bytesOf(sizes: Iterable<[string, number]>): number {
  return [...sizes].reduce((sum, [, size]) => sum + size, 0);
}
