import { ExportFailure, type ExportOptions } from '#lib/domain';
import type pg from 'pg';
import type { Selection } from './selection.js';

/** So many are named; one missing GRANT may be behind thousands. */
const SHOWN = 20;

/** What a role misses that pg_dump would stop at: it locks every table, and reads rows, sequences and large objects. */
const UNREADABLE = `
  WITH scope AS (
    SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS name, n.oid AS namespace
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL ($1)
       AND c.oid <> ALL ($4::oid[])
       AND ($3::oid[] IS NULL OR c.oid = ANY ($3) OR c.oid IN (
             SELECT objid FROM pg_depend WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
                AND deptype IN ('a', 'i') AND refobjid = ANY ($3)))
       AND NOT EXISTS (SELECT FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ), found AS (
    SELECT 1 AS rank, format('schema %I', nspname) AS what FROM pg_namespace
     WHERE oid IN (SELECT namespace FROM scope) AND NOT has_schema_privilege(oid, 'USAGE')
    UNION ALL
    SELECT 2, 'table ' || name FROM scope WHERE relkind <> 'S' AND NOT has_table_privilege(oid, 'SELECT')
    UNION ALL
    SELECT 3, 'row-level security of table ' || name FROM scope
     WHERE $2 AND relkind = 'r' AND oid <> ALL ($5::oid[]) AND has_table_privilege(oid, 'SELECT') AND row_security_active(oid)
    UNION ALL
    SELECT 4, 'sequence ' || name FROM scope
     WHERE $2 AND relkind = 'S' AND NOT has_table_privilege(oid, 'SELECT')
    UNION ALL
    SELECT 5, 'large object ' || o.oid FROM pg_largeobject_metadata o
     WHERE $2 AND $6::boolean AND current_setting('lo_compat_privileges') = 'off' AND NOT pg_has_role(o.lomowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM aclexplode(o.lomacl) AS a
                        WHERE a.privilege_type = 'SELECT'
                          AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END)
  )
  SELECT what, count(*) OVER ()::int AS total FROM found ORDER BY rank, what LIMIT ${String(SHOWN)}`;

/**
 * Finds what the role that is signed in may not read, although it is to be exported. Asks the catalog alone, and so waits
 * for nobody's lock.
 * @throws {ExportFailure} `permission_denied`; its detail has one a line, such as `table public.orders`
 */
export async function requireReadable(
  client: pg.Client,
  { content }: Pick<ExportOptions, 'content'>,
  selection: Selection,
): Promise<void> {
  const { excludeSchemas, included, excluded, withoutRows } = selection;
  const { rows } = await client.query<{ what: string; total: number }>(UNREADABLE, [
    excludeSchemas,
    content !== 'schema',
    included?.map(({ oid }) => oid) ?? null,
    excluded.map(({ oid }) => oid),
    withoutRows.map(({ oid }) => oid),
    selection.hasLargeObjects,
  ]);
  if (rows.length === 0) return;
  const more = (rows[0]?.total ?? 0) - rows.length;
  throw new ExportFailure(
    'permission_denied',
    'The export role may not read everything that is to be exported; docs/deploying.md has the GRANTs that it needs.',
    { detail: [...rows.map(({ what }) => what), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n') },
  );
}
