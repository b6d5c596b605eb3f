import { fromExtension, type CatalogQuery } from './catalog-of-tables.ts';

/** Everything that is not a table: types, functions, operators, text search, and what belongs to the database as a whole. */
export const CATALOG_OF_TYPES: CatalogQuery[] = [
  {
    kind: 'type',
    // Row types of tables and array types come with what they belong to.
    sql: `SELECT n.nspname AS schema, t.typname AS name, concat_ws(' | ', 'kind ' || t.typtype::text,
        'labels ' || (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid),
        'range of ' || (SELECT format_type(r.rngsubtype, NULL) || ' ' || concat_ws(' ', (SELECT opcname FROM pg_opclass WHERE pg_opclass.oid = r.rngsubopc), nullif(r.rngcollation, 0)::regcollation,
          r.rngcanonical, r.rngsubdiff, format_type(r.rngmultitypid, NULL)) FROM pg_range AS r WHERE r.rngtypid = t.oid),
        CASE WHEN t.typtype = 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typnotnull THEN 'not null' END,
          'default ' || t.typdefault, 'collation ' || nullif(t.typcollation, 0)::regcollation::text) END,
        CASE WHEN t.typtype = 'b' THEN concat_ws(' ', t.typlen, t.typinput, t.typoutput, t.typcategory, t.typdelim, t.typalign, t.typstorage) END) AS definition
      FROM pg_type AS t JOIN ours AS n ON n.oid = t.typnamespace
      WHERE t.typtype <> 'm' AND t.typelem = 0 AND NOT ${fromExtension('pg_type', 't.oid')}
        AND NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind <> 'c')`,
  },
  {
    kind: 'domain constraint',
    sql: `SELECT n.nspname AS schema, t.typname || ': ' || k.conname AS name,
        concat_ws(' | ', pg_get_constraintdef(k.oid, true), 'validated ' || k.convalidated) AS definition
      FROM pg_constraint AS k JOIN pg_type AS t ON t.oid = k.contypid JOIN ours AS n ON n.oid = t.typnamespace
      WHERE NOT ${fromExtension('pg_type', 't.oid')}`,
  },
  {
    kind: 'function',
    sql: `SELECT n.nspname AS schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name, pg_get_functiondef(p.oid) AS definition
      FROM pg_proc AS p JOIN ours AS n ON n.oid = p.pronamespace WHERE p.prokind <> 'a' AND NOT ${fromExtension('pg_proc', 'p.oid')}`,
  },
  {
    kind: 'aggregate',
    sql: `SELECT n.nspname AS schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
        concat_ws(' | ', pg_get_function_result(p.oid), 'parallel ' || p.proparallel::text,
          (SELECT string_agg(key || '=' || value, ' ' ORDER BY key) FROM jsonb_each_text(
            to_jsonb(a) - 'aggfnoid' - 'aggsortop' - 'aggtranstype' - 'aggmtranstype'
              || jsonb_build_object('aggtranstype', format_type(a.aggtranstype, NULL), 'aggmtranstype', format_type(a.aggmtranstype, NULL),
                'aggsortop', a.aggsortop::regoperator)) WHERE value <> '-')) AS definition
      FROM pg_aggregate AS a JOIN pg_proc AS p ON p.oid = a.aggfnoid JOIN ours AS n ON n.oid = p.pronamespace
      WHERE NOT ${fromExtension('pg_proc', 'p.oid')}`,
  },
  {
    kind: 'operator',
    sql: `SELECT n.nspname AS schema, o.oid::regoperator::text AS name, concat_ws(' | ', 'gives ' || format_type(o.oprresult, NULL), o.oprcode::regprocedure,
        'commutator ' || o.oprcom::regoperator, 'negator ' || o.oprnegate::regoperator, o.oprrest, o.oprjoin,
        'hashes ' || o.oprcanhash, 'merges ' || o.oprcanmerge) AS definition
      FROM pg_operator AS o JOIN ours AS n ON n.oid = o.oprnamespace WHERE NOT ${fromExtension('pg_operator', 'o.oid')}`,
  },
  {
    kind: 'operator class',
    sql: `SELECT n.nspname AS schema, m.amname || ' ' || o.opcname AS name, concat_ws(' | ', format_type(o.opcintype, NULL), 'default ' || o.opcdefault,
        'stores ' || format_type(nullif(o.opckeytype, 0), NULL), 'family ' || f.opfname,
        (SELECT string_agg(a.amopstrategy || ' ' || a.amopopr::regoperator, ', ' ORDER BY a.amopstrategy, a.amopopr::regoperator::text) FROM pg_amop AS a WHERE a.amopfamily = f.oid),
        (SELECT string_agg(a.amprocnum || ' ' || a.amproc::regprocedure, ', ' ORDER BY a.amprocnum, a.amproc::regprocedure::text) FROM pg_amproc AS a WHERE a.amprocfamily = f.oid)) AS definition
      FROM pg_opclass AS o JOIN ours AS n ON n.oid = o.opcnamespace JOIN pg_am AS m ON m.oid = o.opcmethod JOIN pg_opfamily AS f ON f.oid = o.opcfamily
      WHERE NOT ${fromExtension('pg_opclass', 'o.oid')}`,
  },
  {
    kind: 'cast',
    sql: `SELECT NULL AS schema, format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) AS name,
        concat_ws(' | ', nullif(c.castfunc, 0)::regprocedure, 'context ' || c.castcontext::text, 'method ' || c.castmethod::text) AS definition
      FROM pg_cast AS c WHERE c.oid >= 16384 AND NOT ${fromExtension('pg_cast', 'c.oid')}`,
  },
  {
    kind: 'collation',
    // The encoding is not carried by CREATE COLLATION: -1 (any) comes back as the database's own.
    sql: `SELECT n.nspname AS schema, c.collname AS name,
        (to_jsonb(c) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion' - 'collencoding')::text AS definition
      FROM pg_collation AS c JOIN ours AS n ON n.oid = c.collnamespace WHERE NOT ${fromExtension('pg_collation', 'c.oid')}`,
  },
  {
    kind: 'conversion',
    sql: `SELECT n.nspname AS schema, c.conname AS name, concat_ws(' | ', c.conforencoding, c.contoencoding, c.conproc, c.condefault) AS definition
      FROM pg_conversion AS c JOIN ours AS n ON n.oid = c.connamespace`,
  },
  {
    kind: 'text search configuration',
    sql: `SELECT n.nspname AS schema, c.cfgname AS name, concat_ws(' | ', (SELECT prsname FROM pg_ts_parser WHERE oid = c.cfgparser),
        (SELECT string_agg(m.maptokentype || ' ' || m.mapseqno || ' ' || m.mapdict::regdictionary, ', ' ORDER BY m.maptokentype, m.mapseqno)
          FROM pg_ts_config_map AS m WHERE m.mapcfg = c.oid)) AS definition
      FROM pg_ts_config AS c JOIN ours AS n ON n.oid = c.cfgnamespace WHERE NOT ${fromExtension('pg_ts_config', 'c.oid')}`,
  },
  {
    kind: 'text search dictionary',
    sql: `SELECT n.nspname AS schema, d.dictname AS name, concat_ws(' | ', (SELECT tmplname FROM pg_ts_template WHERE oid = d.dicttemplate), d.dictinitoption) AS definition
      FROM pg_ts_dict AS d JOIN ours AS n ON n.oid = d.dictnamespace WHERE NOT ${fromExtension('pg_ts_dict', 'd.oid')}`,
  },
  {
    kind: 'schema',
    sql: `SELECT n.nspname AS schema, n.nspname AS name, '' AS definition FROM ours AS n`,
  },
  {
    kind: 'extension',
    sql: `SELECT NULL AS schema, e.extname AS name, e.extversion || ' in ' || n.nspname AS definition
      FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace`,
  },
  {
    kind: 'language',
    sql: `SELECT NULL AS schema, l.lanname AS name, concat_ws(' ', l.lanpltrusted, l.lanplcallfoid::regproc) AS definition
      FROM pg_language AS l WHERE l.oid >= 16384 AND NOT ${fromExtension('pg_language', 'l.oid')}`,
  },
  {
    kind: 'event trigger',
    sql: `SELECT NULL AS schema, e.evtname AS name, concat_ws(' | ', e.evtevent, e.evtfoid::regprocedure, 'enabled ' || e.evtenabled::text, e.evttags::text) AS definition
      FROM pg_event_trigger AS e WHERE NOT ${fromExtension('pg_event_trigger', 'e.oid')}`,
  },
  {
    kind: 'publication',
    // to_jsonb, because the columns of these catalogs grew from release to release.
    sql: `SELECT NULL AS schema, p.pubname AS name, concat_ws(' | ', (to_jsonb(p) - 'oid' - 'pubowner' - 'pubname')::text,
        (SELECT string_agg(concat_ws(' ', t.schemaname || '.' || t.tablename, 
            (SELECT string_agg(column_name, ',' ORDER BY column_name) FROM jsonb_array_elements_text(nullif(to_jsonb(t) -> 'attnames', 'null')) AS column_name), to_jsonb(t) ->> 'rowfilter'), ', '
          ORDER BY t.schemaname, t.tablename) FROM pg_publication_tables AS t WHERE t.pubname = p.pubname)) AS definition
      FROM pg_publication AS p`,
  },
  {
    kind: 'transform',
    sql: `SELECT NULL AS schema, format_type(t.trftype, NULL) || ' for ' || l.lanname AS name,
        concat_ws(' | ', nullif(t.trffromsql, 0)::regprocedure, nullif(t.trftosql, 0)::regprocedure) AS definition
      FROM pg_transform AS t JOIN pg_language AS l ON l.oid = t.trflang WHERE NOT ${fromExtension('pg_transform', 't.oid')}`,
  },
  {
    kind: 'foreign-data wrapper',
    sql: `SELECT NULL AS schema, w.fdwname AS name, concat_ws(' | ', nullif(w.fdwhandler, 0)::regproc, nullif(w.fdwvalidator, 0)::regproc, w.fdwoptions::text) AS definition
      FROM pg_foreign_data_wrapper AS w WHERE NOT ${fromExtension('pg_foreign_data_wrapper', 'w.oid')}`,
  },
  {
    kind: 'foreign server',
    sql: `SELECT NULL AS schema, s.srvname AS name, concat_ws(' | ', w.fdwname, nullif(w.fdwhandler, 0)::regproc, s.srvtype, s.srvversion, s.srvoptions::text) AS definition
      FROM pg_foreign_server AS s JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw`,
  },
  {
    kind: 'foreign table options',
    sql: `SELECT n.nspname AS schema, c.relname AS name, concat_ws(' | ', s.srvname, f.ftoptions::text) AS definition
      FROM pg_foreign_table AS f JOIN pg_class AS c ON c.oid = f.ftrelid JOIN ours AS n ON n.oid = c.relnamespace
      JOIN pg_foreign_server AS s ON s.oid = f.ftserver`,
  },
  {
    kind: 'comment on',
    sql: `SELECT i.schema, i.type || ' ' || i.identity AS name, d.description AS definition
      FROM pg_description AS d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) AS i
      WHERE (i.type = 'schema' AND i.identity IN (SELECT quote_ident(nspname) FROM ours) OR i.schema IN (SELECT nspname FROM ours)
        OR i.schema IN (SELECT quote_ident(nspname) FROM ours) OR i.schema IS NULL AND i.type <> 'schema' AND d.objoid >= 16384)
        AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
        AND NOT (d.classoid = 'pg_extension'::regclass)`,
  },
];
