import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';
import type { ByteSink } from './byte-sink.js';
import { CHUNK_BYTES } from './chunk-pipe.js';

/** A zstd frame around a whole archive, for clients that can't compress so themselves; it ends in a checksum. */
export class CompressedFile implements ByteSink {
  private readonly compressor: ZstdCompress;
  private readonly written: Promise<void>;

  constructor(file: ByteSink, level: number) {
    this.compressor = createZstdCompress({
      chunkSize: CHUNK_BYTES,
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    });
    this.written = pipeline(this.compressor, async (frames: AsyncIterable<Buffer>) => {
      for await (const frame of frames) {
        await file.write(frame);
        release(frame);
      }
      await file.finish();
    });
    // Whoever writes next, or finishes, hears of it; until then it must not count as unhandled.
    this.written.catch(() => undefined);
  }

  async write(chunk: Buffer): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.compressor.write(chunk, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    // When the disk is full it is the file that says so, and the compressor just never answers.
    await Promise.race([taken, this.written.then(() => taken)]);
  }

  async finish(): Promise<void> {
    this.compressor.end();
    await this.written;
  }
}

/**
 * Gives the memory of the compressor's output back as soon as it is full and written: left to the garbage collector,
 * each megabyte brings the next walk over the worker's whole heap nearer. The compressor has then taken a new buffer.
 */
function release({ buffer, byteOffset, byteLength }: Buffer): void {
  const isLastPart = byteOffset + byteLength === buffer.byteLength;
  if (isLastPart && buffer instanceof ArrayBuffer && buffer.byteLength === CHUNK_BYTES) buffer.transfer(0);
}
