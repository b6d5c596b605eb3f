import { type Compression, ExportFailure } from '#lib/domain';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { CHUNK_BYTES } from './chunk-pipe.js';
import type { DumpCheck } from './dump-check.js';

/** pg_dump's last words, which it writes when everything else is out; `\unrestrict` came with the releases of August 2025. */
const END_MARK = /\n--\n-- PostgreSQL database dump complete\n--\n\s*(\\unrestrict \w+\s*)?$/;
/** Enough for them. */
const TAIL_BYTES = 512;

const UNPACKERS = {
  zstd: () => createZstdDecompress({ chunkSize: CHUNK_BYTES }),
  gzip: () => createGunzip({ chunkSize: CHUNK_BYTES }),
} as const;

/**
 * Reads a script through to its end while it is being made. No program reads a script without running it, so this is what
 * can be known of one: it unpacks to the last byte, where pg_dump compresses, and ends in pg_dump's own mark.
 */
export class ScriptCheck implements DumpCheck {
  private tail: Buffer = Buffer.alloc(0);
  private readonly unpacker: ReturnType<(typeof UNPACKERS)[keyof typeof UNPACKERS]> | null;
  private readonly unpacked: Promise<void>;

  /** @param compression what pg_dump itself compresses with */
  constructor(compression: Compression) {
    this.unpacker = compression === 'none' ? null : UNPACKERS[compression]();
    this.unpacked = this.unpacker === null ? Promise.resolve() : this.unpack(this.unpacker);
    // Told by `finish`; until then it must not count as unhandled.
    this.unpacked.catch(() => undefined);
  }

  async write(chunk: Buffer): Promise<void> {
    const { unpacker } = this;
    if (unpacker === null) {
      this.see(chunk);
    } else if (unpacker.writable) {
      const taken = new Promise<void>((resolve) => unpacker.write(chunk, () => resolve()));
      // One that fails has given its verdict, and may never answer.
      await Promise.race([taken, this.gone()]);
    }
  }

  async finish(): Promise<void> {
    this.unpacker?.end();
    await this.unpacked.catch((error: unknown) => {
      throw new ExportFailure('archive_invalid', 'The compressed script could not be unpacked through to its end.', {
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    });
    if (!END_MARK.test(this.tail.toString('latin1'))) {
      throw new ExportFailure('archive_invalid', 'The script does not end where pg_dump ends one.', {
        detail: `Its last bytes: ${JSON.stringify(this.tail.subarray(-80).toString('utf8'))}`,
      });
    }
  }

  kill(): void {
    this.unpacker?.destroy();
  }

  async gone(): Promise<void> {
    await this.unpacked.catch(() => undefined);
  }

  private async unpack(unpacker: NonNullable<ScriptCheck['unpacker']>): Promise<void> {
    await pipeline(unpacker, async (parts: AsyncIterable<Buffer>) => {
      for await (const part of parts) this.see(part);
    });
  }

  /** A copy: the chunk is filled again as soon as it is handed back. */
  private see(part: Buffer): void {
    const last = part.subarray(-TAIL_BYTES);
    this.tail = Buffer.concat([this.tail, last]).subarray(-TAIL_BYTES);
  }
}
