import type { TableName } from '#lib/domain';
import type pg from 'pg';

/** What can be picked for an export: all that holds rows, or shows them. */
export const RELATION_KINDS = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
} as const;
export type RelationKind = (typeof RELATION_KINDS)[keyof typeof RELATION_KINDS];

export interface CatalogRelation extends TableName {
  oid: number;
  kind: RelationKind;
  /** With its TOAST table, from `pg_class.relpages`: of a partitioned table or a view 0. */
  sizeBytes: number;
  /** `pg_class.reltuples`; 0 when it was never analysed. */
  estimatedRows: number;
  /** Those that it is a partition of, or inherits from. */
  parents: number[];
}

export interface SourceCatalog {
  schemas: string[];
  /** By schema and name. */
  relations: CatalogRelation[];
  /** `server_encoding`, such as `UTF8`. */
  encoding: string;
}

const PAGE_BYTES = 8192;

/** Reads names and sizes as the catalog has them, and so waits behind no lock of anybody. */
export async function readCatalog(client: pg.Client, excludedSchemas: readonly string[]): Promise<SourceCatalog> {
  const { rows: schemas } = await client.query<{ oid: string; name: string; encoding: string }>(
    `SELECT oid::text AS oid, nspname AS name, current_setting('server_encoding') AS encoding FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL ($1) ORDER BY nspname`,
    [excludedSchemas],
  );
  const { rows } = await client.query<{
    oid: string;
    schema: string;
    name: string;
    kind: keyof typeof RELATION_KINDS;
    pages: string;
    tuples: string;
    parents: string[];
  }>(
    `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
            (CASE WHEN c.relkind IN ('r', 'm') THEN c.relpages + coalesce(t.relpages, 0) ELSE 0 END)::text AS pages,
            greatest(c.reltuples, 0)::bigint::text AS tuples,
            ARRAY(SELECT inhparent::text FROM pg_inherits WHERE inhrelid = c.oid) AS parents
       FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
      WHERE c.relkind::text = ANY ($2) AND c.relpersistence <> 't' AND n.oid = ANY ($1::oid[])
      ORDER BY n.nspname, c.relname`,
    [schemas.map(({ oid }) => oid), Object.keys(RELATION_KINDS)],
  );
  return {
    schemas: schemas.map(({ name }) => name),
    encoding: schemas[0]?.encoding ?? 'UTF8',
    relations: rows.map((row) => ({
      oid: Number(row.oid),
      schema: row.schema,
      name: row.name,
      kind: RELATION_KINDS[row.kind],
      sizeBytes: Number(row.pages) * PAGE_BYTES,
      estimatedRows: Number(row.tuples),
      parents: row.parents.map(Number),
    })),
  };
}
