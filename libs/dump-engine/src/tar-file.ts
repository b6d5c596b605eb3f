import { ExportFailure } from '#lib/domain';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { extract, Header, Parser, Pax } from 'tar';
import type { ByteSink } from './byte-sink.js';

/** A multiple of the block, so that a part ends where a block does. */
const READ_BYTES = 1 << 20;
const BLOCK_BYTES = 512;
/** Two empty blocks (POSIX.1-2017, pax, "ustar Interchange Format"). */
const END_OF_TAR = Buffer.alloc(2 * BLOCK_BYTES);
/** pg_restore's own list of what there is: without it the rest is nothing. */
const TABLE_OF_CONTENTS = 'toc.dat';

/**
 * Packs files of a folder into one tar (POSIX pax), and reads that tar as it passes: every file has to be in it, with the
 * bytes it had. The table of contents comes last, so that a tar that was cut has none, and nothing is restored from it.
 * @param sizes names and bytes of the files
 * @throws {ExportFailure} `archive_invalid` when a file is missing or of another size, or the signal's reason
 */
export async function packFolder(
  folder: string,
  sizes: ReadonlyMap<string, number>,
  sink: ByteSink,
  signal: AbortSignal,
): Promise<void> {
  const names = [...sizes.keys()].sort((a, b) => Number(a === TABLE_OF_CONTENTS) - Number(b === TABLE_OF_CONTENTS));
  const tally = new TarTally();
  const write = (part: Buffer) => {
    signal.throwIfAborted();
    tally.read(part);
    return sink.write(part);
  };
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (const name of names) await packFile({ folder, name, size: sizes.get(name) ?? 0 }, buffer, write);
  await write(END_OF_TAR);
  const packed = await tally.finish();
  const wrong = names.filter((name) => packed.get(name) !== sizes.get(name));
  if (wrong.length > 0 || packed.size !== sizes.size) throw notAsMade(wrong);
}

/**
 * Writes one file of a tar through the same buffer as all others: tar's own packer takes a new one for each megabyte, and
 * of a large folder that is more than the garbage collector is in a hurry to collect.
 */
async function packFile(
  { folder, name, size }: { folder: string; name: string; size: number },
  buffer: Buffer,
  write: (part: Buffer) => Promise<void>,
): Promise<void> {
  const file = await open(join(folder, name), 'r');
  try {
    const { mtime } = await file.stat();
    await write(headerOf({ path: name, size, mtime }));
    for (let packed = 0; packed < size;) {
      const wanted = Math.min(READ_BYTES, size - packed);
      if ((await readWhole(file, buffer, wanted)) < wanted) throw notAsMade([name]);
      const padded = Math.ceil(wanted / BLOCK_BYTES) * BLOCK_BYTES;
      await write(buffer.fill(0, wanted, padded).subarray(0, padded));
      packed += wanted;
    }
    if ((await readWhole(file, buffer, 1)) > 0) throw notAsMade([name]);
  } finally {
    await file.close();
  }
}

/** @returns how many of the wanted bytes there were */
async function readWhole(file: FileHandle, buffer: Buffer, wanted: number): Promise<number> {
  let filled = 0;
  while (filled < wanted) {
    const { bytesRead } = await file.read(buffer, filled, wanted - filled, null);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Whose file it was on this machine is nobody's business. */
function headerOf({ path, size, mtime }: { path: string; size: number; mtime: Date }): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const needsMore = new Header({ path, size, mtime, mode: 0o600, type: 'File' }).encode(block);
  return needsMore ? Buffer.concat([new Pax({ path, size, mtime }).encode(), block]) : block;
}

function notAsMade(names: readonly string[]): ExportFailure {
  return new ExportFailure('archive_invalid', 'The tar does not hold the files that pg_dump has made.', {
    detail: names.slice(0, 5).join(', '),
  });
}

/**
 * Unpacks a tar as its owner would.
 * @param wrapped whether the file is a zstd frame around the tar
 * @param folder has to exist
 * @throws {Error} of the file system, of zlib or of tar for a damaged file, or the signal's reason
 */
export async function unpackFolder(
  { path, wrapped }: { path: string; wrapped: boolean },
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const unpack = extract({ cwd: folder, strict: true, preserveOwner: false });
  if (wrapped) await pipeline(file, createZstdDecompress({ chunkSize: READ_BYTES }), unpack, { signal });
  else await pipeline(file, unpack, { signal });
}

/** Reads a tar as anybody would, and counts. */
class TarTally {
  private readonly found = new Map<string, number>();
  private readonly parser: Parser;
  private readonly ended: Promise<void>;

  constructor() {
    this.parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        let bytes = 0;
        entry.on('data', (part: Buffer) => {
          bytes += part.length;
        });
        entry.on('end', () => this.found.set(entry.path, bytes));
      },
    });
    this.ended = new Promise((resolve, reject) => {
      this.parser.on('end', resolve).on('error', reject);
    });
    this.ended.catch(() => undefined);
  }

  read(chunk: Buffer): void {
    this.parser.write(chunk);
  }

  /** @returns names and bytes of what was in it */
  async finish(): Promise<ReadonlyMap<string, number>> {
    this.parser.end();
    await this.ended;
    return this.found;
  }
}
