import type { ExportOptions } from '#lib/domain';
import type pg from 'pg';
import type { Selection } from './selection.js';

/**
 * The objects of a file, of what they consist (rules, constraints, defaults, indexes…), and what these refer to, by
 * `pg_depend`: everything but what every PostgreSQL has (numbers below 16384) and the schema public. What an extension
 * brings is the extension.
 *
 * $1 schemas that are left out · $2 the only relations · $3 relations that are left out
 */
const DEPENDENCIES = `
  WITH RECURSIVE excluded AS (
    SELECT unnest($3::oid[]) AS oid
    UNION SELECT objid FROM pg_depend
     WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = ANY ($3::oid[]) AND deptype = 'i'
  ), member AS (
    SELECT classid, objid, refobjid AS extension FROM pg_depend
     WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass
  ), filed AS (
    SELECT 'pg_class'::regclass::oid AS class, unnest($2::oid[]) AS oid
    UNION SELECT 'pg_class'::regclass, d.objid FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
     WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($2::oid[])
       AND d.deptype IN ('a', 'i')
    UNION SELECT d.classid, d.objid FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid
     WHERE $2::oid[] IS NULL AND d.refclassid = 'pg_namespace'::regclass
       AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1::text[])
       AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT oid FROM excluded))
       AND NOT EXISTS (SELECT FROM member m WHERE m.classid = d.classid AND m.objid = d.objid)
    UNION SELECT 'pg_namespace'::regclass, oid FROM pg_namespace
     WHERE $2::oid[] IS NULL AND nspname <> ALL ($1::text[])
    UNION SELECT class, oid FROM (
      SELECT 'pg_event_trigger'::regclass::oid AS class, oid FROM pg_event_trigger
      UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid FROM pg_foreign_data_wrapper
      UNION ALL SELECT 'pg_foreign_server'::regclass, oid FROM pg_foreign_server
      UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension
      UNION ALL SELECT 'pg_language'::regclass, oid FROM pg_language
      UNION ALL SELECT 'pg_cast'::regclass, oid FROM pg_cast) everywhere
     WHERE $2::oid[] IS NULL AND oid >= 16384
       AND NOT EXISTS (SELECT FROM member m WHERE m.classid = class AND m.objid = everywhere.oid)
  ), part AS (
    SELECT class, oid FROM filed
    UNION
    SELECT d.classid, d.objid FROM part p JOIN pg_depend d ON d.refclassid = p.class AND d.refobjid = p.oid
     WHERE d.deptype IN ('a', 'i')
       AND (d.classid IN ('pg_rewrite'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass, 'pg_attrdef'::regclass,
                          'pg_policy'::regclass, 'pg_statistic_ext'::regclass, 'pg_type'::regclass)
            OR (d.classid = 'pg_class'::regclass AND d.objid IN (SELECT indexrelid FROM pg_index)))
  ), needed AS (
    SELECT DISTINCT d.refclassid AS class, d.refobjid AS oid
      FROM part p JOIN pg_depend d ON d.classid = p.class AND d.objid = p.oid
     WHERE d.deptype IN ('n', 'e')
        OR EXISTS (SELECT FROM pg_inherits WHERE p.class = 'pg_class'::regclass AND inhrelid = d.objid AND inhparent = d.refobjid)
  ), whole AS (
    SELECT CASE WHEN t.typrelid <> 0 AND tc.relkind <> 'c' THEN 'pg_class'::regclass WHEN k.conrelid <> 0 THEN 'pg_class'::regclass
                ELSE n.class END AS class,
           coalesce(i.indrelid, nullif(k.conrelid, 0), CASE WHEN tc.relkind <> 'c' THEN tc.oid END, e.oid, n.oid) AS oid
      FROM needed n
      LEFT JOIN pg_index i ON n.class = 'pg_class'::regclass AND i.indexrelid = n.oid
      LEFT JOIN pg_constraint k ON n.class = 'pg_constraint'::regclass AND k.oid = n.oid
      LEFT JOIN pg_type a ON n.class = 'pg_type'::regclass AND a.oid = n.oid
      LEFT JOIN pg_type e ON e.typarray = a.oid
      LEFT JOIN pg_type t ON t.oid = coalesce(e.oid, a.oid)
      LEFT JOIN pg_class tc ON tc.oid = t.typrelid
  ), origin AS (
    SELECT 'pg_extension'::regclass::oid AS class, m.extension AS oid
      FROM whole w JOIN member m ON m.classid = w.class AND m.objid = w.oid
     WHERE $2::oid[] IS NOT NULL
    UNION
    SELECT w.class, w.oid FROM whole w
     WHERE w.class <> 'pg_extension'::regclass
       AND NOT EXISTS (SELECT FROM member m WHERE m.classid = w.class AND m.objid = w.oid)
    UNION
    SELECT w.class, w.oid FROM whole w
     WHERE w.class = 'pg_extension'::regclass AND $2::oid[] IS NOT NULL
  ), missing AS (
    SELECT class, oid FROM origin
     WHERE oid >= 16384 AND NOT (class = 'pg_namespace'::regclass AND oid = to_regnamespace('public')::oid)
    EXCEPT SELECT class, oid FROM part
  )
  SELECT o.type || ' ' || o.identity AS need FROM missing CROSS JOIN LATERAL pg_identify_object(class, oid, 0) o
   WHERE o.identity IS NOT NULL`;

const NAMED = `
  SELECT o.type || ' ' || o.identity AS name FROM unnest($1::oid[]) AS named (oid)
   CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, named.oid, 0) o`;

/**
 * What the filters of an export have left out and its file alone can't bring back: what they name, and what is referred
 * to from what is left, such as `table public.customers`, `type sales.status`, `rows of table public.logs`. A restore
 * stops at the first of those that is referred to and not there.
 */
export async function readLeftOut(
  client: pg.Client,
  { content }: Pick<ExportOptions, 'content'>,
  selection: Selection,
): Promise<string[]> {
  if (!selection.isPartial) return [];
  const { named, included, excludeSchemas, excluded } = selection;
  const identify = async (relations: readonly { oid: number }[]) => {
    const { rows } = await client.query<{ name: string }>(NAMED, [relations.map(({ oid }) => oid)]);
    return rows.map(({ name }) => name);
  };
  const gone = await identify(named.excluded);
  const hollow = (await identify(named.withoutRows)).map((name) => `rows of ${name}`);
  if (content === 'data') return [...gone.map((name) => `rows of ${name}`), ...hollow];
  const { rows } = await client.query<{ need: string }>(DEPENDENCIES, [
    excludeSchemas,
    included?.map(({ oid }) => oid) ?? null,
    excluded.map(({ oid }) => oid),
  ]);
  const { rows: schemas } = await client.query<{ name: string }>(
    `SELECT 'schema ' || quote_ident(name) AS name FROM unnest($1::text[]) AS name`,
    [named.schemas],
  );
  const large = !selection.hasLargeObjects && content === 'all' ? await readLargeObjects(client) : [];
  return [...rows.map(({ need }) => need), ...schemas.map(({ name }) => name), ...gone, ...hollow, ...large];
}

async function readLargeObjects(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query('SELECT FROM pg_largeobject_metadata LIMIT 1');
  return rows.length === 0 ? [] : ['large objects'];
}
