import pg from 'pg';

/** What a table comes to: two tables of the same figures hold the same rows, in whatever order. */
export interface TableFigures {
  rows: bigint;
  /** Sum of the rows' 64-bit hashes: unlike an exclusive or, it counts a row that is there twice. */
  checksum: bigint;
}

export interface LargeObjectFigures {
  count: bigint;
  bytes: bigint;
  checksum: bigint;
}

export interface Relation {
  schema: string;
  name: string;
}

/** A sequence's `last_value` and whether it has been called. */
export interface SequenceValue {
  value: bigint;
  isCalled: boolean;
}

/** Text forms, and so the hashes of rows, depend on these: the same on both sides, and with every digit. */
export const FIGURE_SETTINGS = `SET search_path = ''; SET row_security = off; SET timezone = 'UTC';
  SET datestyle = 'ISO, YMD'; SET intervalstyle = iso_8601; SET bytea_output = hex; SET extra_float_digits = 3;
  SET lc_monetary = 'C'; SET quote_all_identifiers = off; SET statement_timeout = 0;
  SET idle_in_transaction_session_timeout = 0`;

/** Bytes of a table, its long values included, that are read by one query: progress is seen in between. */
const PART_BYTES = 1 << 28;
/** Ranges of ctid are read without reading the whole table since then. */
const FIRST_SERVER_WITH_TID_RANGES = 14;
const SEQUENCES_AT_ONCE = 200;
const LARGE_OBJECT_PART = 1 << 20;

export const NO_ROWS: TableFigures = { rows: 0n, checksum: 0n };

/**
 * Reads the ordinary tables and partitions of a database, without those of extensions, which a dump leaves to them.
 * @returns in the order of their names
 */
export async function readTables(client: pg.Client, excludedSchemas: readonly string[]): Promise<Relation[]> {
  return readRelations(client, 'r', excludedSchemas);
}

export async function readSequences(client: pg.Client, excludedSchemas: readonly string[]): Promise<Relation[]> {
  return readRelations(client, 'S', excludedSchemas);
}

async function readRelations(client: pg.Client, kind: string, excluded: readonly string[]): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = $1 AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL ($2)
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY 1, 2`,
    [kind, excluded],
  );
  return rows;
}

interface TableShape {
  /** `schema.table`, quoted. */
  from: string;
  /** The whole row as text. Never `t::text`: the database may have a cast of its own for that. */
  row: string;
  /** Of the table itself; 0 where its blocks can't be read one by one. */
  blocks: number;
  /** With its long values. */
  bytes: number;
}

/** Part of a table that has been read. */
export interface MeasuredPart {
  /** Of the table, how much is read now; 0–1. */
  share: number;
  /** Of the part alone, on the server's disk. */
  bytes: number;
}

/**
 * Counts a table's rows and sums their hashes.
 * @param onPart called after each part; the next one is read when it resolves
 * @param partBytes of a part at most, about
 */
export async function measureTable(
  client: pg.Client,
  relation: Relation,
  serverMajor: number,
  onPart: (part: MeasuredPart) => Promise<void> | void,
  partBytes = PART_BYTES,
): Promise<TableFigures> {
  const { from, row, blocks, bytes } = await readShape(client, relation, serverMajor);
  const partBlocks = Math.max(1, Math.floor(blocks * Math.min(1, partBytes / Math.max(bytes, 1))));
  const parts = Math.max(1, Math.ceil(blocks / partBlocks));
  let [rows, checksum] = [0n, 0n];
  for (let part = 0; part < parts; part += 1) {
    const found = await client.query<{ rows: string; checksum: string }>(
      `SELECT count(*)::text AS rows, coalesce(sum(hashtextextended(${row} COLLATE "C", 0)), 0)::text AS checksum
         FROM ONLY ${from} AS t${rangeOf(part, parts, partBlocks)}`,
    );
    rows += BigInt(found.rows[0]?.rows ?? 0);
    checksum += BigInt(found.rows[0]?.checksum ?? 0);
    await onPart({ share: (part + 1) / parts, bytes: bytes / parts });
  }
  return { rows, checksum };
}

function rangeOf(part: number, parts: number, partBlocks: number): string {
  const after = `t.ctid >= '(${String(part * partBlocks)},0)'`;
  const before = `t.ctid < '(${String((part + 1) * partBlocks)},0)'`;
  if (parts === 1) return '';
  return ` WHERE ${part === 0 ? before : part === parts - 1 ? after : `${after} AND ${before}`}`;
}

async function readShape(client: pg.Client, relation: Relation, serverMajor: number): Promise<TableShape> {
  const from = `${pg.escapeIdentifier(relation.schema)}.${pg.escapeIdentifier(relation.name)}`;
  const { rows } = await client.query<{ name: string; isBytes: boolean }>(
    `SELECT attname AS name, atttypid = 'pg_catalog.bytea'::regtype AS "isBytes" FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"`,
    [from],
  );
  // The text of bytes is twice as long, and a value of half a gigabyte would not fit.
  const columns = rows.map(({ name, isBytes }) => {
    const column = `t.${pg.escapeIdentifier(name)}`;
    return isBytes ? `md5(${column})` : column;
  });
  const { rows: size } = await client.query<{ blocks: string; bytes: string; isHeap: boolean }>(
    `SELECT (pg_relation_size($1::regclass) / current_setting('block_size')::int)::text AS blocks,
            (pg_relation_size($1::regclass) + CASE WHEN c.reltoastrelid = 0 THEN 0
                                                   ELSE pg_relation_size(c.reltoastrelid) END)::text AS bytes,
            m.amname = 'heap' AS "isHeap"
       FROM pg_class c JOIN pg_am m ON m.oid = c.relam WHERE c.oid = $1::regclass`,
    [from],
  );
  const { blocks = '0', bytes = '0', isHeap = false } = size[0] ?? {};
  return {
    from,
    row: `ROW(${columns.join(', ')})::text`,
    blocks: isHeap && serverMajor >= FIRST_SERVER_WITH_TID_RANGES ? Number(blocks) : 0,
    bytes: Number(bytes),
  };
}

/** Where sequences are; they move outside of any snapshot. */
export async function readSequenceValues(
  client: pg.Client,
  sequences: readonly Relation[],
): Promise<Map<string, SequenceValue>> {
  const values = new Map<string, SequenceValue>();
  for (let start = 0; start < sequences.length; start += SEQUENCES_AT_ONCE) {
    const some = sequences.slice(start, start + SEQUENCES_AT_ONCE);
    const queries = some.map(
      ({ schema, name }, index) =>
        `SELECT ${String(index)} AS index, last_value::text AS value, is_called AS "isCalled"
           FROM ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`,
    );
    const { rows } = await client.query<{ index: number; value: string; isCalled: boolean }>(
      queries.join(' UNION ALL '),
    );
    for (const { index, value, isCalled } of rows) {
      const sequence = some[index];
      if (sequence !== undefined) values.set(nameOf(sequence), { value: BigInt(value), isCalled });
    }
  }
  return values;
}

/** All large objects that the role may read; pg_dump stops at one that it may not. */
export async function measureLargeObjects(client: pg.Client): Promise<LargeObjectFigures> {
  // 262144 is INV_READ (libpq/libpq-fs.h); lo_get takes at most a gigabyte, so it is asked for parts.
  const { rows } = await client.query<{ count: string; bytes: string; checksum: string }>(`
    SELECT count(*)::text AS count, coalesce(sum(size), 0)::text AS bytes, coalesce(sum(checksum), 0)::text AS checksum
      FROM (SELECT o.size, (SELECT sum(hashtextextended(md5(lo_get(o.oid, n * ${String(LARGE_OBJECT_PART)}, ${String(LARGE_OBJECT_PART)})) || ' ' || o.oid || ' ' || n, 0))
                              FROM generate_series(0, o.size / ${String(LARGE_OBJECT_PART)}) AS n) AS checksum
              FROM (SELECT oid, lo_lseek64(lo_open(oid, 262144), 0, 2) AS size FROM pg_largeobject_metadata OFFSET 0) AS o
           ) AS measured`);
  const [row] = rows;
  return { count: BigInt(row?.count ?? 0), bytes: BigInt(row?.bytes ?? 0), checksum: BigInt(row?.checksum ?? 0) };
}

/** As it is shown to people: not quoted, and not to be used in SQL. */
export function nameOf({ schema, name }: Relation): string {
  return `${schema}.${name}`;
}
