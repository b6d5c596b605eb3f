import { type Compression, ExportFailure } from '#lib/domain';
import { ArchiveCheck } from './archive-check.js';
import { ChildProgram, isSuccess } from './child-program.js';
import { ChunkPipe } from './chunk-pipe.js';
import { CompressedFile } from './compressed-file.js';
import type { DumpCheck } from './dump-check.js';
import { isChatter } from './dump-progress.js';
import { EncryptedFile } from './encrypted-file.js';
import { classifyDumpError, classifyFileError } from './failure-words.js';
import { inTurn } from './in-turn.js';
import { Pace } from './pace.js';
import { PartialFile } from './partial-file.js';
import type { PgClient } from './pg-programs.js';
import { ScriptCheck } from './script-check.js';

/** What a file is made from, and how. */
export interface FileInput {
  client: PgClient;
  args: readonly string[];
  /** PG* variables of the source. */
  environment: Readonly<Record<string, string>>;
  /** Level of the zstd frame around the archive, or null when pg_dump's own output is the file. */
  zstdLevel: number | null;
  /** Where the file is made; must not exist. */
  partialPath: string;
  /** Sees pg_dump's stderr line by line; returns whether a line is worth keeping. */
  onLine: (line: string) => boolean;
  /** Sees the stderr of the pg_restore that reads an archive through; of a script there is none. */
  onChecked: (line: string) => void;
  /** Called when pg_dump is through and only the proof is left. */
  onDumped: () => void;
}

export interface DumpInput extends FileInput {
  /** Of a plain script, what pg_dump itself compresses it with; null for an archive. */
  scriptCompression: Compression | null;
  /** age recipients that alone can open the file; empty for a plain one. */
  encryptTo: readonly string[];
  /** Bytes of pg_dump's output taken a second at most, or null for as many as come. */
  maxBytesPerSecond: number | null;
}

export interface DumpedFile {
  path: string;
  sizeBytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/**
 * One pg_dump on its way to one file. Success is all of: pg_dump left with 0 and by no signal, pg_restore has read
 * every block (of a script: its end is there, see {@link ScriptCheck}), the file is synced, and its bytes read back from the disk have the hash of the bytes written.
 */
export class Dump {
  /** Nothing is packed: what pg_dump writes is the file. */
  readonly folder = null;
  private file: PartialFile | null = null;
  private bytesRead = 0;
  private hasAnswered = false;

  constructor(private readonly input: DumpInput) {}

  /** Bytes of the file so far. */
  get bytesWritten(): number {
    return this.file?.sizeBytes ?? 0;
  }

  /** Bytes that pg_dump has delivered so far, before compression: what a stall is measured by. */
  get bytesDelivered(): number {
    return this.bytesRead;
  }

  /**
   * Runs to the end. Whatever happens, no child process is left; unless it succeeds, no file either.
   * @throws {ExportFailure} saying why there is no file, or the signal's reason
   */
  async run(signal: AbortSignal): Promise<DumpedFile> {
    signal.throwIfAborted();
    const file = await PartialFile.create(this.input.partialPath);
    this.file = file;
    try {
      return await this.fill(file, signal);
    } catch (error) {
      await file.discard();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Starts the two programs, and is over when both are gone. */
  private async fill(file: PartialFile, signal: AbortSignal): Promise<DumpedFile> {
    const { client, args, environment, onLine, onChecked, onDumped, scriptCompression, maxBytesPerSecond } = this.input;
    // Both start a program: side by side, pg_dump waits for the longer one alone.
    const making = ChunkPipe.create(`${file.path}.pipe`, { wide: maxBytesPerSecond === null });
    const check = scriptCompression === null ? new ArchiveCheck(client, onChecked) : new ScriptCheck(scriptCompression);
    let dump: ChildProgram | null = null;
    const stop = () => {
      dump?.kill();
      check.kill();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const pipe = await making;
      try {
        dump = new ChildProgram(client.pgDump, args, environment, {
          stdout: pipe.stdout,
          buffers: true,
          onLine: (line) => {
            this.hasAnswered ||= isChatter(line);
            return onLine(line);
          },
        });
      } finally {
        await pipe.leaveToChild();
      }
      await this.stream(dump, pipe, check, file, signal);
      onDumped();
      await check.finish();
      const sha256 = await file.seal(signal);
      return { path: file.path, sizeBytes: file.sizeBytes, sha256 };
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await Promise.allSettled([dump?.exited, check.gone()]);
    }
  }

  private async stream(
    dump: ChildProgram,
    pipe: ChunkPipe,
    check: DumpCheck,
    file: PartialFile,
    signal: AbortSignal,
  ): Promise<void> {
    const { zstdLevel, encryptTo, maxBytesPerSecond } = this.input;
    const pace = maxBytesPerSecond === null ? null : new Pace(maxBytesPerSecond);
    const sealed = encryptTo.length === 0 ? file : new EncryptedFile(file, encryptTo);
    const sink = zstdLevel === null ? sealed : new CompressedFile(sealed, zstdLevel);
    const lanes = [check, sink].map((reader) => inTurn((chunk) => reader.write(chunk), signal));
    const take = async (chunk: Buffer) => {
      await Promise.all(lanes.map((lane) => lane(chunk)));
    };
    const count = (bytes: number) => {
      this.bytesRead += bytes;
    };
    const broken = await pipe
      .read(take, count, signal, pace)
      .then(() => sink.finish())
      .then(
        () => null,
        (error: unknown) => error,
      );
    // A pipe that breaks on our side leaves pg_dump blocked on it.
    if (broken !== null) dump.kill();
    const exit = await dump.exited;
    signal.throwIfAborted();
    if (broken instanceof ExportFailure) throw broken;
    if (broken !== null) throw classifyFileError(broken as NodeJS.ErrnoException);
    if (!isSuccess(exit)) throw classifyDumpError(dump.stderr, exit, this.hasAnswered);
  }
}
