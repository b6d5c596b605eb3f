import { Client, escapeIdentifier } from 'pg';
import { CATALOG_OF_TABLES } from './catalog-of-tables.ts';
import { CATALOG_OF_TYPES } from './catalog-of-types.ts';

/** What is in a database, in words: "index public.orders_pkey" → its definition, "rows of public.orders" → count and checksum. */
export type DatabaseDescription = ReadonlyMap<string, string>;

export interface DescribeOptions {
  /** Schemas to leave out, with all that is in them. */
  excludeSchemas?: string[];
}

/** Text forms depend on these: the same on both sides, and with every digit. An empty search_path makes every name a full one. */
const SESSION = `SET search_path = ''; SET row_security = off; SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = iso_8601;
  SET bytea_output = hex; SET extra_float_digits = 3; SET lc_monetary = 'C'; SET quote_all_identifiers = off; SET statement_timeout = 0;
  SET default_transaction_read_only = on`;

/** Describes every object and every row. Connect as a superuser: anything else sees less of the catalog, and rows behind policies not at all. */
export async function describeDatabase(
  connectionString: string,
  { excludeSchemas = [] }: DescribeOptions = {},
): Promise<DatabaseDescription> {
  const client = new Client({ connectionString, application_name: 'pg-export compare' });
  await client.connect();
  try {
    await client.query(SESSION);
    // One snapshot for all the queries, as pg_dump has.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const facts = new Map<string, string>();
    await describeObjects(client, excludeSchemas, facts);
    await describeSequences(client, excludeSchemas, facts);
    await describeRows(client, excludeSchemas, facts);
    await describeLargeObjects(client, facts);
    return facts;
  } finally {
    await client.end();
  }
}

/** Every difference in words; an empty list means that the restored database is the original one, but for owners and privileges. */
export async function compareDatabases(
  original: string,
  restored: string,
  options: DescribeOptions = {},
): Promise<string[]> {
  const [before, after] = await Promise.all([describeDatabase(original, options), describeDatabase(restored, options)]);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => difference(name, before.get(name), after.get(name)));
}

function difference(name: string, before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  if (after === undefined) return [`${name}: missing in the restored database`];
  if (before === undefined) return [`${name}: only in the restored database`];
  return [`${name}: was ${aroundFirstDifference(before, after)}, is ${aroundFirstDifference(after, before)}`];
}

/** Definitions may be pages long: the part where the two go different ways is what a reader needs. */
function aroundFirstDifference(text: string, other: string): string {
  if (text.length <= 200) return text;
  const at = Array.from({ length: text.length }).findIndex((_, index) => text[index] !== other[index]);
  const start = Math.max(0, (at === -1 ? text.length : at) - 80);
  return `${start > 0 ? '…' : ''}${text.slice(start, start + 200)}…`;
}

const OURS = `WITH ours AS (SELECT oid, nspname FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL ($1::text[]))`;

async function describeObjects(client: Client, excluded: string[], facts: Map<string, string>): Promise<void> {
  for (const { kind, sql } of [...CATALOG_OF_TABLES, ...CATALOG_OF_TYPES]) {
    const { rows } = await client.query<{ schema: string | null; name: string; definition: string }>(`${OURS} ${sql}`, [
      excluded,
    ]);
    // Two objects may share a name (copies of one foreign key): then how many there are is a fact as well.
    const seen = new Map<string, string[]>();
    for (const { schema, name, definition } of rows) {
      const key = `${kind} ${schema === null || kind === 'schema' || kind === 'comment on' ? name : `${schema}.${name}`}`;
      seen.set(key, [...(seen.get(key) ?? []), definition]);
    }
    for (const [key, definitions] of seen) facts.set(key, definitions.sort().join(' & '));
  }
}

interface Relation {
  oid: string;
  schema: string;
  name: string;
}

async function relations(client: Client, kinds: string[], excluded: string[]): Promise<Relation[]> {
  // Foreign tables (f) keep their rows elsewhere, and partitioned tables (p) have them in their partitions.
  const { rows } = await client.query<Relation>(
    `${OURS} SELECT c.oid, n.nspname AS schema, c.relname AS name FROM pg_class AS c JOIN ours AS n ON n.oid = c.relnamespace
     WHERE c.relkind::text = ANY ($2) AND c.relispopulated ORDER BY 2, 3`,
    [excluded, kinds],
  );
  return rows;
}

const qualified = ({ schema, name }: Relation) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

async function describeSequences(client: Client, excluded: string[], facts: Map<string, string>): Promise<void> {
  for (const sequence of await relations(client, ['S'], excluded)) {
    const { rows } = await client.query<{ value: string }>(
      `SELECT last_value || CASE WHEN is_called THEN ' (called)' ELSE ' (not called yet)' END AS value FROM ${qualified(sequence)}`,
    );
    facts.set(`value of sequence ${sequence.schema}.${sequence.name}`, rows[0]?.value ?? 'none');
  }
}

/** A sum of 64-bit hashes does not care for the order of the rows, and unlike XOR it counts a row that is there twice. */
async function describeRows(client: Client, excluded: string[], facts: Map<string, string>): Promise<void> {
  for (const table of await relations(client, ['r', 'm'], excluded)) {
    const { rows: columns } = await client.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"`,
      [table.oid],
    );
    const row = `ROW(${columns.map(({ name }) => `t.${escapeIdentifier(name)}`).join(', ')})::text COLLATE "C"`;
    const { rows } = await client.query<{ count: string; checksum: string | null }>(
      `SELECT count(*), sum(hashtextextended(${row}, 0)::numeric)::text AS checksum FROM ONLY ${qualified(table)} AS t`,
    );
    const [found] = rows;
    facts.set(`rows of ${table.schema}.${table.name}`, `${found?.count} rows, checksum ${found?.checksum ?? 'none'}`);
  }
}

async function describeLargeObjects(client: Client, facts: Map<string, string>): Promise<void> {
  const { rows } = await client.query<{ oid: string; size: number; digest: string; comment: string | null }>(
    `SELECT m.oid, length(content.bytes) AS size, md5(content.bytes) AS digest, obj_description(m.oid, 'pg_largeobject') AS comment
     FROM pg_largeobject_metadata AS m, LATERAL (SELECT lo_get(m.oid) AS bytes) AS content`,
  );
  for (const { oid, size, digest, comment } of rows) {
    facts.set(`large object ${oid}`, `${size} bytes, md5 ${digest}, comment ${comment ?? 'none'}`);
  }
}
