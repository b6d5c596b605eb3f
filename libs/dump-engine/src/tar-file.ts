import { ExportFailure } from '#lib/domain';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { create, extract, Parser } from 'tar';
import type { ByteSink } from './byte-sink.js';

const READ_BYTES = 1 << 20;
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
  // Portable: whose files they were on this machine is nobody's business.
  const pack = create({ cwd: folder, portable: true, strict: true, maxReadSize: READ_BYTES }, names);
  // The loop hears of the first error; those that follow it are of no interest, and must not count as unheard.
  pack.on('error', () => undefined);
  for await (const chunk of pack) {
    signal.throwIfAborted();
    tally.read(chunk);
    await sink.write(chunk);
  }
  const packed = await tally.finish();
  const wrong = names.filter((name) => packed.get(name) !== sizes.get(name));
  if (wrong.length === 0 && packed.size === sizes.size) return;
  throw new ExportFailure('archive_invalid', 'The tar does not hold the files that pg_dump has made.', {
    detail: wrong.slice(0, 5).join(', '),
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
