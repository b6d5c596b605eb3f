import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { ChildProgram } from '../child-program.js';

const READ_BYTES = 1 << 20;

/** An archive that is given to pg_restore piece by piece. */
export interface FedArchive {
  path: string;
  /** Whether the file is a zstd frame around the archive. */
  wrapped: boolean;
}

/**
 * Gives an archive to a program's stdin. A program may stop reading as soon as it knows enough.
 * @param toTheEnd whether the file is read to its end even then, so that damage behind it is noticed
 * @param onBytes called with the number of bytes that have been read of the file
 * @throws {Error} of the file system, or of zlib for a damaged frame
 */
export async function feedArchive(
  { path, wrapped }: FedArchive,
  program: ChildProgram,
  toTheEnd: boolean,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const { stdin } = program;
  const reading = { hadEnough: false };
  const give = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      if (stdin.writable) await new Promise<void>((resolve) => stdin.write(chunk, () => resolve()));
      else if (!toTheEnd) {
        reading.hadEnough = true;
        return;
      }
    }
  };
  file.on('data', (chunk) => {
    onBytes(chunk.length);
  });
  try {
    if (wrapped) await pipeline(file, createZstdDecompress({ chunkSize: READ_BYTES }), give);
    else await pipeline(file, give);
  } catch (error) {
    // Leaving early counts as an abort of what is still being read.
    if (!reading.hadEnough) throw error;
  } finally {
    stdin.end();
  }
}
