import type { ExportOptions, SourceSize } from '#lib/domain';
import type pg from 'pg';
import type { SourceTable } from './source-inspection.js';

const PAGE_BYTES = 8192;
const LOCK_TIMEOUT_MS = 100;

/** The catalog knows nothing yet of what was never vacuumed or analysed, and little of large objects. */
const UNKNOWN_TO_CATALOG = `
  SELECT coalesce(sum(greatest(pg_table_size(c.oid) - $2, 0)), 0)::text AS bytes FROM pg_class c
   WHERE ((c.oid = ANY ($1) AND c.relpages = 0) OR c.oid = 'pg_largeobject'::regclass)
     AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock')`;

/** What there is to copy. Waits behind no lock: a table that somebody holds counts as the catalog has it. */
export async function readSourceSize(
  client: pg.Client,
  { content }: Pick<ExportOptions, 'content'>,
  tables: readonly SourceTable[],
): Promise<SourceSize> {
  if (content === 'schema') return { sizeBytes: 0, tables: tables.length };
  const known = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
  return { sizeBytes: known + (await measureUnknown(client, tables)), tables: tables.length };
}

async function measureUnknown(client: pg.Client, tables: readonly SourceTable[]): Promise<number> {
  await client.query(`BEGIN READ ONLY; SET LOCAL lock_timeout = '${String(LOCK_TIMEOUT_MS)}ms'`);
  try {
    const { rows } = await client.query<{ bytes: string }>(UNKNOWN_TO_CATALOG, [
      tables.map(({ oid }) => oid),
      PAGE_BYTES,
    ]);
    return Number(rows[0]?.bytes ?? 0);
  } catch (error) {
    // Somebody was quicker with a lock, or has just dropped a table.
    if (typeof (error as { code?: unknown }).code === 'string') return 0;
    throw error;
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
