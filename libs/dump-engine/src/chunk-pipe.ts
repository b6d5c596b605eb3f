import { ExportFailure } from '#lib/domain';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { close, constants, open } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { firstThere } from './child-program.js';
import type { Pace } from './pace.js';

/** What is handed on at once: large enough to keep a thread of the pool busy. */
export const CHUNK_BYTES = 1 << 19;
/** What is read at once. */
const PART_BYTES = 1 << 16;
/**
 * What the pipe itself holds: the most that the system gives to everybody, where it is 64 KiB of its own accord. Node
 * can't ask for it, and perl is part of every Debian.
 */
const PIPE_BYTES = 1 << 20;
const PERL = firstThere('/usr/bin/perl');
/** It takes some milliseconds. */
const LONGEST_WIDENING_MS = 1_000;
const WIDEN = `fcntl(STDIN, 1031, ${String(PIPE_BYTES)}) # F_SETPIPE_SZ`;
/** One is filled while others are worked on; with fewer, pg_dump waits whenever one of the readers is behind. */
const CHUNKS = 16;

/**
 * A pipe from a child's stdout that is read into the same few chunks for ever. Node's own pipes make a new buffer for
 * each read, and a gigabyte of them has the garbage collector walk the whole heap every few hundredths of a second.
 */
export class ChunkPipe {
  /** Plain descriptors: the socket that reads closes its own, and a FileHandle would close it a second time. */
  private constructor(
    private readonly readEnd: number,
    private readonly writeEnd: number,
    private readonly widened: Promise<void>,
  ) {}

  /**
   * @param path a name that nobody uses; it is gone again when this resolves
   * @param wide whether it holds a mebibyte, where the machine can have that; of one that is held back, what it holds
   *   would be bytes that the writer is ahead of the limit
   * @throws {ExportFailure} `storage_failed` where the file system has no named pipes
   */
  static async create(path: string, { wide = true } = {}): Promise<ChunkPipe> {
    await makeNamedPipe(path);
    try {
      // Without O_NONBLOCK each end would wait for the other one to be opened.
      const readEnd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const writeEnd = await promisify(open)(path, constants.O_WRONLY);
        return new ChunkPipe(readEnd, writeEnd, wide ? widen(readEnd) : Promise.resolve());
      } catch (error) {
        await promisify(close)(readEnd);
        throw error;
      }
    } finally {
      await rm(path, { force: true });
    }
  }

  /** The end that a child gets as its stdout. */
  get stdout(): number {
    return this.writeEnd;
  }

  /** Closes our own copy of the child's end: from then on the pipe ends when the child does. */
  async leaveToChild(): Promise<void> {
    await promisify(close)(this.writeEnd);
    await this.widened;
  }

  /**
   * Reads to the end, giving each chunk to `take` as soon as it is full, in order; a chunk is used again once `take` has
   * resolved for it. No more is read than there is room for.
   * @param onPart called with the number of bytes that have come
   * @param pace what the reading is held to; null reads as fast as it can
   * @throws what `take` throws, or the signal's reason; nothing is read after that
   */
  async read(
    take: (chunk: Buffer) => Promise<void>,
    onPart: (bytes: number) => void,
    signal: AbortSignal,
    pace: Pace | null = null,
  ): Promise<void> {
    const partBytes = Math.min(pace?.readBytes ?? PART_BYTES, PART_BYTES);
    const free = Array.from({ length: CHUNKS }, () => Buffer.allocUnsafe(CHUNK_BYTES));
    let filling = free.pop() ?? null;
    let filled = 0;
    let handed = Promise.resolve();
    let socket: Socket | null = null;
    let rest: NodeJS.Timeout | undefined;
    const goOn = (): void => {
      if (filling !== null && rest === undefined) socket?.resume();
    };
    const pause = (ms: number): void => {
      rest = setTimeout(() => {
        rest = undefined;
        goOn();
      }, ms);
    };
    const leave = (): void => {
      socket?.destroy(signal.reason as Error);
    };
    const handOn = (): void => {
      const chunk = filling;
      if (chunk === null) return;
      const taken = take(chunk.subarray(0, filled)).then(() => {
        if (filling === null) {
          filling = chunk;
          goOn();
        } else {
          free.push(chunk);
        }
      });
      filling = free.pop() ?? null;
      filled = 0;
      handed = Promise.all([handed, taken]).then(() => undefined);
      handed.catch((error: unknown) => socket?.destroy(error as Error));
    };
    const takePart = (bytes: number, part: Uint8Array): boolean => {
      // Never null: reading stops when there is no chunk to fill.
      filling?.set(part.subarray(0, bytes), filled);
      filled += bytes;
      onPart(bytes);
      if (filled > CHUNK_BYTES - PART_BYTES) handOn();
      const restMs = pace?.restAfter(bytes) ?? 0;
      if (restMs > 0) pause(restMs);
      return filling !== null && rest === undefined;
    };
    try {
      await new Promise<void>((resolve, reject) => {
        socket = new Socket({
          fd: this.readEnd,
          readable: true,
          writable: false,
          onread: { buffer: Buffer.allocUnsafe(partBytes), callback: takePart },
        });
        socket.once('end', resolve).once('error', reject).once('close', resolve);
        socket.resume();
        // A pipe that is held back would be emptied no faster because its writer is gone.
        signal.addEventListener('abort', leave, { once: true });
        if (signal.aborted) leave();
      });
      if (filled > 0) handOn();
    } finally {
      signal.removeEventListener('abort', leave);
      clearTimeout(rest);
      await handed.catch(() => undefined);
    }
    await handed;
  }
}

/** Beside whatever else is started, and without a word when it can't be: a narrow pipe makes waits, not errors. */
async function widen(readEnd: number): Promise<void> {
  if (PERL === undefined) return;
  try {
    const perl = spawn(PERL, ['-e', WIDEN], {
      env: {},
      stdio: [readEnd, 'ignore', 'ignore'],
      timeout: LONGEST_WIDENING_MS,
    });
    await once(perl, 'exit');
  } catch {
    // It stays as it is.
  }
}

async function makeNamedPipe(path: string): Promise<void> {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
  await promisify(execFile)('mkfifo', ['-m', '600', path], { env: environment }).catch((error: unknown) => {
    throw new ExportFailure('storage_failed', 'The work folder does not take a named pipe.', {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
      // It will not take one at the next try either.
      kind: 'user',
    });
  });
}
