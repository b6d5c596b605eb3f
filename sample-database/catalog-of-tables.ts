/**
 * One row per object: kind, identity (schema, name) and a definition that is the same text in two databases exactly when the object
 * is. Run with an empty search_path, so that PostgreSQL qualifies every name, and printed the pretty way: the other one shows how
 * an expression was nested when it was written, `(a OR b) OR c`, which reading it again flattens. Owners and privileges are left out on purpose;
 * so are numbers that a restore may change: OIDs, attnum (dropped columns are not restored), relfilenode.
 *
 * Every query is run behind a WITH that defines `ours`: the schemas to describe (oid, nspname).
 */
export interface CatalogQuery {
  kind: string;
  sql: string;
}

/** True for objects that came with an extension: `CREATE EXTENSION` brings them back, whatever is inside. */
export const fromExtension = (catalog: string, oid: string) =>
  `EXISTS (SELECT FROM pg_depend AS member WHERE member.classid = '${catalog}'::regclass AND member.objid = ${oid} AND member.deptype = 'e')`;

const relations = `pg_class AS c JOIN ours AS n ON n.oid = c.relnamespace`;
const notFromExtension = `NOT ${fromExtension('pg_class', 'c.oid')}`;

export const CATALOG_OF_TABLES: CatalogQuery[] = [
  {
    kind: 'relation',
    sql: `SELECT n.nspname AS schema, c.relname AS name, concat_ws(' | ',
        'kind ' || c.relkind::text, 'persistence ' || c.relpersistence::text, 'populated ' || c.relispopulated,
        'rls ' || c.relrowsecurity || '/' || c.relforcerowsecurity, 'identity ' || c.relreplident::text,
        'access method ' || (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam),
        'options ' || array_to_string(c.reloptions, ','),
        'toast options ' || (SELECT array_to_string(t.reloptions, ',') FROM pg_class AS t WHERE t.oid = c.reltoastrelid),
        'of type ' || CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
        'partition by ' || pg_get_partkeydef(c.oid), 'partition ' || pg_get_expr(c.relpartbound, c.oid, true),
        'inherits ' || (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) FROM pg_inherits AS i WHERE i.inhrelid = c.oid),
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid, true) END) AS definition
      FROM ${relations}
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${notFromExtension}`,
  },
  {
    kind: 'column',
    sql: `SELECT n.nspname AS schema, c.relname || '.' || quote_ident(a.attname) AS name, concat_ws(' | ',
        -- Children of inheritance may get their columns in another order: their parents' come first.
        CASE WHEN c.relispartition OR NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
          THEN 'number ' || row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) END,
        format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        'default ' || pg_get_expr(d.adbin, d.adrelid, true), 'generated ' || nullif(a.attgenerated::text, ''), 'identity ' || nullif(a.attidentity::text, ''),
        'collation ' || nullif(a.attcollation, 0)::regcollation::text,
        'storage ' || a.attstorage::text, 'compression ' || nullif(a.attcompression::text, ''), 'options ' || array_to_string(a.attoptions, ','),
        'statistics ' || nullif(to_jsonb(a) ->> 'attstattarget', '-1'), 'local ' || a.attislocal, 'inherited ' || a.attinhcount) AS definition
      FROM ${relations} JOIN pg_attribute AS a ON a.attrelid = c.oid LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped AND ${notFromExtension}`,
  },
  {
    kind: 'constraint',
    // Copies of a parent's foreign key on its partitions get names of PostgreSQL's own choosing: their definition stands for them.
    sql: `SELECT n.nspname AS schema,
        c.relname || ': ' || CASE WHEN k.conparentid <> 0 AND k.contype = 'f' THEN pg_get_constraintdef(k.oid, true) || ' to ' || k.confrelid::regclass ELSE k.conname::text END AS name,
        concat_ws(' | ', pg_get_constraintdef(k.oid, true), 'validated ' || k.convalidated, 'local ' || k.conislocal,
          'inherited ' || k.coninhcount, 'no inherit ' || CASE WHEN k.contype = 'c' THEN k.connoinherit END) AS definition
      FROM ${relations} JOIN pg_constraint AS k ON k.conrelid = c.oid WHERE ${notFromExtension}`,
  },
  {
    kind: 'index',
    sql: `SELECT n.nspname AS schema, c.relname AS name, concat_ws(' | ', pg_get_indexdef(c.oid, 0, true),
        'valid ' || i.indisvalid, 'clustered ' || i.indisclustered, 'replica identity ' || i.indisreplident,
        'part of ' || (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid),
        'statistics ' || (SELECT string_agg(a.attnum || '=' || (to_jsonb(a) ->> 'attstattarget'), ',' ORDER BY a.attnum) FROM pg_attribute AS a
          WHERE a.attrelid = c.oid AND coalesce(to_jsonb(a) ->> 'attstattarget', '-1') <> '-1')) AS definition
      FROM ${relations} JOIN pg_index AS i ON i.indexrelid = c.oid WHERE ${notFromExtension}`,
  },
  {
    kind: 'sequence',
    // Reading the sequence itself is left to the caller: last_value and is_called live in a relation of its own.
    sql: `SELECT n.nspname AS schema, c.relname AS name, concat_ws(' | ', format_type(s.seqtypid, NULL),
        'start ' || s.seqstart, 'by ' || s.seqincrement, 'from ' || s.seqmin, 'to ' || s.seqmax, 'cache ' || s.seqcache, 'cycle ' || s.seqcycle,
        'persistence ' || c.relpersistence::text,
        'owned by ' || (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname) FROM pg_depend AS d
          JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))) AS definition
      FROM ${relations} JOIN pg_sequence AS s ON s.seqrelid = c.oid WHERE ${notFromExtension}`,
  },
  {
    kind: 'trigger',
    sql: `SELECT n.nspname AS schema, c.relname || ': ' || t.tgname AS name,
        concat_ws(' | ', pg_get_triggerdef(t.oid, true), 'enabled ' || t.tgenabled::text) AS definition
      FROM ${relations} JOIN pg_trigger AS t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal AND ${notFromExtension}`,
  },
  {
    kind: 'policy',
    sql: `SELECT n.nspname AS schema, c.relname || ': ' || p.polname AS name, concat_ws(' | ', 'for ' || p.polcmd::text, 'permissive ' || p.polpermissive,
        'to ' || (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE r::regrole::text END, ', ' ORDER BY r) FROM unnest(p.polroles) AS r),
        'using ' || pg_get_expr(p.polqual, p.polrelid, true), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid, true)) AS definition
      FROM ${relations} JOIN pg_policy AS p ON p.polrelid = c.oid`,
  },
  {
    kind: 'rule',
    sql: `SELECT n.nspname AS schema, c.relname || ': ' || r.rulename AS name,
        concat_ws(' | ', pg_get_ruledef(r.oid, true), 'enabled ' || r.ev_enabled::text) AS definition
      FROM ${relations} JOIN pg_rewrite AS r ON r.ev_class = c.oid WHERE r.rulename <> '_RETURN' AND ${notFromExtension}`,
  },
  {
    kind: 'statistics object',
    sql: `SELECT n.nspname AS schema, s.stxname AS name,
        concat_ws(' | ', pg_get_statisticsobjdef(s.oid), 'target ' || nullif(to_jsonb(s) ->> 'stxstattarget', '-1')) AS definition
      FROM pg_statistic_ext AS s JOIN ours AS n ON n.oid = s.stxnamespace`,
  },
];
