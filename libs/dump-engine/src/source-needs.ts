import type { ExportOptions } from '#lib/domain';
import type pg from 'pg';
import { readLeftOut } from './left-out.js';
import type { Selection } from './selection.js';

/** Roles and kinds of objects that PostgreSQL brings along itself are never missing where a file is restored. */
const NEEDS = `
  WITH chosen AS (
    SELECT unnest($4::oid[]) AS oid
    UNION SELECT objid FROM pg_depend
     WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = ANY ($4::oid[])
       AND deptype IN ('a', 'i') AND objid IN (SELECT oid FROM pg_class WHERE relkind = 'S')
  ), object AS (
    SELECT 'pg_class'::regclass::oid AS class, c.oid, 0 AS sub, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS kind,
           c.relowner AS owner, c.relacl AS acl, c.relnamespace AS namespace
      FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum, 'c', c.relowner, a.attacl, c.relnamespace
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, 'n', nspowner, nspacl, oid FROM pg_namespace
    UNION ALL SELECT 'pg_proc'::regclass, oid, 0, 'f', proowner, proacl, pronamespace FROM pg_proc
    UNION ALL SELECT 'pg_type'::regclass, oid, 0, 'T', typowner, typacl, typnamespace FROM pg_type
    UNION ALL SELECT 'pg_language'::regclass, oid, 0, 'l', lanowner, lanacl, NULL FROM pg_language
    UNION ALL SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, 'F', fdwowner, fdwacl, NULL
      FROM pg_foreign_data_wrapper
    UNION ALL SELECT 'pg_foreign_server'::regclass, oid, 0, 'S', srvowner, srvacl, NULL FROM pg_foreign_server
    UNION ALL SELECT 'pg_largeobject'::regclass, oid, 0, 'L', lomowner, lomacl, NULL FROM pg_largeobject_metadata
  ), dumped AS (
    SELECT o.*, n.nspname AS schema FROM object o LEFT JOIN pg_namespace n ON n.oid = o.namespace
     WHERE (n.nspname IS NULL OR (n.nspname <> ALL ($1) AND n.nspname !~ '^pg_(temp|toast)'))
       AND CASE WHEN $4::oid[] IS NOT NULL THEN o.class = 'pg_class'::regclass AND o.oid IN (SELECT oid FROM chosen)
                ELSE true END
       AND NOT (o.class = 'pg_class'::regclass AND o.oid = ANY ($5::oid[]))
       AND NOT (o.class = 'pg_type'::regclass AND o.oid IN (SELECT reltype FROM pg_class WHERE oid = ANY ($5::oid[])))
  ), granted AS (
    SELECT DISTINCT role.oid FROM dumped o
      LEFT JOIN pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.sub
     CROSS JOIN LATERAL (
       SELECT CASE WHEN o.kind = 'n' AND o.schema = 'public' THEN acldefault('n', o.owner)
                   ELSE coalesce(i.initprivs, acldefault(o.kind::"char", o.owner)) END AS acl) base
     CROSS JOIN LATERAL (
       (SELECT * FROM aclexplode(o.acl) EXCEPT SELECT * FROM aclexplode(base.acl)) UNION ALL
       (SELECT * FROM aclexplode(base.acl) EXCEPT SELECT * FROM aclexplode(o.acl))) item
     CROSS JOIN LATERAL (VALUES (item.grantee), (nullif(item.grantor, o.owner))) role (oid)
     WHERE o.acl IS NOT NULL
    UNION
    SELECT role.oid FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
     CROSS JOIN LATERAL (SELECT d.defaclrole AS oid UNION ALL SELECT grantee FROM aclexplode(d.defaclacl)) role
     WHERE $4::oid[] IS NULL AND (n.nspname IS NULL OR n.nspname <> ALL ($1))
  ), owning AS (
    SELECT DISTINCT o.owner AS oid FROM dumped o
     WHERE (o.oid >= 16384 OR (o.kind = 'n' AND o.schema = 'public' AND o.owner <> 10))
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e')
    UNION
    SELECT refobjid FROM pg_shdepend
     WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass
       AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND classid NOT IN (SELECT class FROM object) AND classid <> 'pg_default_acl'::regclass
       AND $4::oid[] IS NULL
  ), named AS (
    SELECT unnest(p.polroles) AS oid FROM pg_policy p JOIN dumped o ON o.class = 'pg_class'::regclass AND o.oid = p.polrelid
    UNION SELECT umuser FROM pg_user_mappings WHERE $4::oid[] IS NULL
    UNION SELECT oid FROM granted WHERE $2
    UNION SELECT oid FROM owning WHERE $3
  )
  SELECT 'role ' || rolname AS need FROM pg_roles WHERE oid IN (SELECT oid FROM named) AND rolname !~ '^pg_'
  UNION SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql' AND $4::oid[] IS NULL
  UNION SELECT 'tablespace ' || s.spcname FROM pg_tablespace s
    JOIN pg_class c ON c.reltablespace = s.oid
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE s.spcname !~ '^pg_' AND n.nspname <> ALL ($1) AND n.nspname !~ '^pg_'
     AND coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = c.oid), c.oid) IN
         (SELECT oid FROM dumped WHERE class = 'pg_class'::regclass)`;

/**
 * What a file of this database can't bring back by itself, such as `role reporter` or `extension postgis`, sorted: the
 * restore stops at the first one that is missing. Read from the catalog as pg_dump reads it: of an object's privileges
 * only those are written to the file that differ from the ones it was born with (`pg_init_privs`, `acldefault`).
 */
export async function readNeeds(
  client: pg.Client,
  options: Pick<ExportOptions, 'content' | 'noOwner' | 'noPrivileges'>,
  selection: Selection,
): Promise<string[]> {
  const leftOut = await readLeftOut(client, options, selection);
  return [...new Set([...leftOut, ...(await readNamed(client, options, selection))])].sort();
}

async function readNamed(
  client: pg.Client,
  options: Pick<ExportOptions, 'content' | 'noOwner' | 'noPrivileges'>,
  { excludeSchemas, included, excluded }: Selection,
): Promise<string[]> {
  // Rows alone name nobody.
  if (options.content === 'data') return [];
  const { rows } = await client.query<{ need: string }>(NEEDS, [
    excludeSchemas,
    !options.noPrivileges,
    !options.noOwner,
    included?.map(({ oid }) => oid) ?? null,
    excluded.map(({ oid }) => oid),
  ]);
  return rows.map(({ need }) => need);
}
