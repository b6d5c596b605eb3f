import type pg from 'pg';

/** A table whose rows pg_dump will copy: an ordinary one or a partition. */
export interface SourceTable {
  oid: number;
  schema: string;
  name: string;
  /** With its TOAST table, from `pg_class.relpages`; at least one page. */
  sizeBytes: number;
  /** `pg_class.reltuples`; 0 when the table was never analysed. */
  estimatedRows: number;
  /** Of its live rows, as wide as `pg_stats` has them, with their TOAST table, bytes as hexadecimal text; null when it was never analysed. */
  copyBytes: number | null;
}

/** A table as the catalog has it before a dump. */
export interface CatalogTable extends SourceTable {
  /** Whether a file has to have an entry for its rows: not what an extension keeps, nor an unlogged table of a standby. */
  hasEntry: boolean;
}

export interface SourceFacts {
  /** Such as `15.18`. */
  serverVersion: string;
  serverMajor: number;
  /** Which database of which cluster this is: the same pair means the same database, whatever its address. */
  identity: string;
}

const PAGE_BYTES = 8192;
/** Of each row: its header and its pointer in the page. */
const ROW_OVERHEAD_BYTES = 28;
/** Writing a value as text takes as long as copying so many bytes. */
const COLUMN_OVERHEAD_BYTES = 15;

/** What a server says of itself. */
export async function readSourceFacts(client: pg.Client): Promise<SourceFacts> {
  const { rows } = await client.query<{ number: string; version: string; system: string; oid: string }>(`
    SELECT current_setting('server_version_num') AS number,
           split_part(current_setting('server_version'), ' ', 1) AS version,
           (SELECT system_identifier::text FROM pg_control_system()) AS system,
           (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS oid`);
  const row = rows[0] ?? { number: '0', version: '', system: '', oid: '' };
  return {
    serverVersion: row.version,
    serverMajor: Math.floor(Number(row.number) / 10_000),
    identity: `${row.system}/${row.oid}`,
  };
}

/**
 * The tables whose rows will be copied, biggest first. Sizes come from the catalog: `pg_table_size` waits behind an
 * ACCESS EXCLUSIVE lock, and would hang before pg_dump had begun.
 */
export async function readSourceTables(client: pg.Client, excludedSchemas: readonly string[]): Promise<CatalogTable[]> {
  const { rows } = await client.query<{
    oid: string;
    schema: string;
    name: string;
    pages: string;
    tuples: string;
    hasEntry: boolean;
    live: string | null;
  }>(
    `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
            (c.relpages + coalesce(t.relpages, 0))::text AS pages, greatest(c.reltuples, 0)::bigint::text AS tuples,
            (c.reltuples * (w.width + $2) + coalesce(t.relpages, 0) * $3::bigint *
              CASE WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND atttypid = 'bytea'::regtype)
                   THEN 2 ELSE 1 END)::bigint::text AS live,
            NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                                 AND d.deptype = 'e') AS "hasEntry"
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
       LEFT JOIN (SELECT schemaname, tablename, sum(avg_width * (1 - null_frac) + $4) AS width
                    FROM pg_stats WHERE NOT inherited AND schemaname !~ '^pg_' GROUP BY 1, 2) w
              ON w.schemaname = n.nspname AND w.tablename = c.relname AND c.reltuples >= 0
      WHERE c.relkind = 'r' AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL ($1)
      ORDER BY c.relpages + coalesce(t.relpages, 0) DESC, c.oid`,
    [excludedSchemas, ROW_OVERHEAD_BYTES, PAGE_BYTES, COLUMN_OVERHEAD_BYTES],
  );
  return rows.map((row) => ({
    oid: Number(row.oid),
    schema: row.schema,
    name: row.name,
    sizeBytes: Math.max(Number(row.pages), 1) * PAGE_BYTES,
    estimatedRows: Number(row.tuples),
    hasEntry: row.hasEntry,
    copyBytes: row.live === null ? null : Number(row.live),
  }));
}

/** Bytes of the whole database on the server's disk (`pg_database_size`); null where the role may not ask. */
export async function readDatabaseSize(client: pg.Client): Promise<number | null> {
  try {
    const { rows } = await client.query<{ size: string }>('SELECT pg_database_size(current_database())::text AS size');
    return Number(rows[0]?.size);
  } catch {
    return null;
  }
}

/** Of all large objects, by the number of their pieces of 2 KiB or, where that is not known, on the server's disk; 0 where there are none. */
export async function readLargeObjectBytes(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ size: string }>(
    `SELECT CASE WHEN reltuples > 0 THEN reltuples * 2048 ELSE pg_relation_size(oid) END::bigint::text AS size
       FROM pg_class WHERE oid = 'pg_catalog.pg_largeobject'::regclass`,
  );
  return Number(rows[0]?.size ?? 0);
}
