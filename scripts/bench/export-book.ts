import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import type { Stack } from './bench-stack.ts';

const BLOCK_BYTES = 1 << 20;

/** Pg-export's own book and store, written to as no user could: rows and files in numbers that would take days to earn. */
export class ExportBook {
  private readonly stack: Pick<Stack, 'ownUrl' | 'storeFolder'>;

  constructor(stack: Pick<Stack, 'ownUrl' | 'storeFolder'>) {
    this.stack = stack;
  }

  /** Exports that have failed, since the start of the calendar: the newest stay the newest. There must be one to copy. */
  async fillUpTo(rows: number): Promise<void> {
    const [{ n } = { n: 0 }] = await this.sql<{ n: number }>('SELECT count(*)::int AS n FROM pgexport.exports');
    await this.sql(
      `INSERT INTO pgexport.exports (id, database, status, stage, progress, options, requested_by_id, requested_by_email, requested_via, session_id)
       SELECT overlay(gen_random_uuid()::text PLACING '0' FROM 1 FOR 1)::uuid, e.database, 'failed', 'done', e.progress, e.options,
              e.requested_by_id, e.requested_by_email, e.requested_via, $2
         FROM (SELECT * FROM pgexport.exports ORDER BY id DESC LIMIT 1) AS e, generate_series(1, $1)`,
      [Math.max(0, rows - n), randomUUID()],
    );
    await this.sql('VACUUM ANALYZE pgexport.exports');
  }

  /** The same export, made in one run, with a file of random bytes of that size. */
  async enlarge(id: string, bytes: number): Promise<void> {
    const hash = createHash('sha256');
    const blocks = function* () {
      for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
        const block = randomBytes(Math.min(left, BLOCK_BYTES));
        hash.update(block);
        yield block;
      }
    };
    await pipeline(blocks, createWriteStream(join(this.stack.storeFolder, `${id}.1`)));
    const file = { sizeBytes: bytes, sha256: hash.digest('hex') };
    await this.sql('UPDATE pgexport.exports SET file = file || $2 WHERE id = $1', [id, file]);
  }

  async sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.stack.ownUrl });
    await client.connect();
    return (await client.query<Row>(text, parameters).finally(() => client.end())).rows;
  }
}
