import type pg from 'pg';

/** The catalogs that the queries read are as they are here since. */
export const FIRST_PROVABLE_SERVER = 12;

const OURS = `
  SELECT p.*, l.lanname, l.lanpltrusted, a.aggtranstype, a.aggmtranstype
    FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_language l ON l.oid = p.prolang
    LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
   WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL ($1)
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`;

/** A superuser alone can make them, and making them runs nothing. */
const PRIVILEGED = `
  WITH ours AS (${OURS})
  SELECT 'pg_proc'::regclass::oid || ' ' || oid AS id FROM ours
   WHERE proleakproof OR prosupport <> 0 OR (lanname = 'internal' AND prokind <> 'a')
      OR 'internal'::regtype IN (aggtranstype, aggmtranstype)
      OR EXISTS (SELECT FROM unnest(proconfig) AS c (setting)
                   JOIN pg_settings s ON s.name = split_part(c.setting, '=', 1) AND s.context LIKE 'superuser%')
  UNION ALL
  SELECT 'pg_cast'::regclass::oid || ' ' || oid FROM pg_cast WHERE castmethod = 'b' AND oid >= 16384`;

/**
 * Code that would run outside of the database, with the rights of the server's account: in C, in an untrusted language,
 * behind another name for a function that is closed to the public, or called by a superuser's command.
 */
const UNPROVABLE = `
  WITH ours AS (${OURS})
  SELECT 'function ' || oid::regprocedure || ' in ' || lanname AS what FROM ours
   WHERE CASE lanname
           WHEN 'internal' THEN prokind <> 'a' AND NOT EXISTS (
             SELECT FROM pg_proc b WHERE b.pronamespace = 'pg_catalog'::regnamespace AND b.prolang = ours.prolang
                AND b.prosrc = ours.prosrc AND has_function_privilege('public', b.oid, 'EXECUTE'))
           ELSE NOT lanpltrusted END
  UNION ALL
  SELECT 'foreign-data wrapper ' || quote_ident(w.fdwname) FROM pg_foreign_data_wrapper w
    JOIN pg_proc v ON v.oid = w.fdwvalidator JOIN pg_language l ON l.oid = v.prolang
   WHERE l.lanname NOT IN ('c', 'internal')
  UNION ALL
  SELECT 'access method ' || quote_ident(amname) FROM pg_am m
   WHERE m.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d
           WHERE d.classid = 'pg_am'::regclass AND d.objid = m.oid AND d.deptype = 'e')
  ORDER BY 1 LIMIT 20`;

export interface PrivilegedObjects {
  /** `<class oid> <oid>` of what only a superuser can make. */
  privileged: Set<string>;
  /** In words, what must not be restored on this machine. */
  unprovable: string[];
}

/** What of a database an ordinary owner can't restore, and what nobody should. */
export async function readPrivilegedObjects(
  client: pg.Client,
  excludedSchemas: readonly string[],
): Promise<PrivilegedObjects> {
  const privileged = await client.query<{ id: string }>(PRIVILEGED, [excludedSchemas]);
  const unprovable = await client.query<{ what: string }>(UNPROVABLE, [excludedSchemas]);
  return {
    privileged: new Set(privileged.rows.map(({ id }) => id)),
    unprovable: unprovable.rows.map(({ what }) => what),
  };
}
