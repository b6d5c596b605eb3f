-- Values that break naive dumps: what COPY escapes, what has no ordinary number, what is nearly nothing.

CREATE TABLE public.nothing ();
CREATE TABLE public.rows_of_nothing ();
INSERT INTO public.rows_of_nothing DEFAULT VALUES;
INSERT INTO public.rows_of_nothing DEFAULT VALUES;
CREATE TABLE public.empty (id integer PRIMARY KEY, words text);

CREATE TABLE public.texts (id integer PRIMARY KEY, value text, "char" "char", fixed character(5), limited character varying(3));
INSERT INTO public.texts VALUES
  (1, NULL, NULL, NULL, NULL),
  (2, '', '', '', ''),
  (3, E'\\.', '\', E'\\.', E'\\.'),
  (4, E'before\n\\.\nafter', 'a', '  a', ' '),
  (5, E'\\N', 'N', E'\\N', E'\\N'),
  (6, 'NULL', 'x', 'NULL', 'NUL'),
  (7, E'tab\there, cr\rthere, crlf\r\nand lf\n', E'\t', E'\t', E'\r\n'),
  (8, E'\x01\x02\x03\x07\b\f\v\x1b[31mred\x1b[0m\x7f', E'\x01', NULL, NULL),
  (9, '🐘 𝕏 𠜎 e' || U&'\0301' || U&' \200D\2028\FEFF\202E', NULL, '🐘', '𠜎'),
  (10, repeat(E'line with "quotes", \\back\\slashes\\ and ''apostrophes''\n', 4000), NULL, NULL, NULL),
  (11, 'trailing backslash \', '"', '''', '$$'),
  (12, '--', '-', '/*', ';'),
  (13, '\connect postgres' || E'\n\\! touch /tmp/never\n', '\', NULL, NULL),
  (14, ' leading and trailing ', NULL, NULL, NULL);

CREATE TABLE public.numbers (id integer PRIMARY KEY, n numeric, wide numeric(1000, 500), r real, d double precision, b bigint, m money);
INSERT INTO public.numbers VALUES
  (1, 'NaN', 'NaN', 'NaN', 'NaN', -9223372036854775808, '-12.34'),
  (2, 'Infinity', 0, 'Infinity', '-Infinity', 9223372036854775807, '92233720368547758.07'),
  (3, '-Infinity', 1e-400, '-0', '-0', 0, NULL),
  (4, 1e-300, 1e499, 1.1754944e-38, 4.9406564584124654e-324, 1, 0),
  (5, repeat('9', 5000)::numeric, NULL, 3.4028235e38, 1.7976931348623157e308, NULL, NULL),
  (6, 1.10, 1.10, 0.1, 0.1 + 0.2::float8, 42, '1.10'),
  (7, 1.1000, 1.1, 1e-5, 123456789.123456789, NULL, NULL);

CREATE TABLE public.times (id integer PRIMARY KEY, d date, ts timestamp, tz timestamp with time zone, t time, ttz time with time zone, i interval);
INSERT INTO public.times VALUES
  (1, 'infinity', 'infinity', 'infinity', '24:00:00', '24:00:00-15:59:59', '178000000 years'),
  (2, '-infinity', '-infinity', '-infinity', '00:00', '00:00+15:59', '-178000000 years'),
  (3, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-01-02 00:00:00+00 BC', '12:34:56.789012', '12:34:56.789+02', '1 mon -1 day +00:00:01'),
  (4, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', NULL, NULL, '-1 mon +1 day -00:00:01.000001'),
  (5, '0001-12-31 BC', '2025-03-30 02:30:00', '1890-01-01 00:00:00+00:09:21', NULL, NULL, '0');

CREATE TABLE public.bytes (id integer PRIMARY KEY, value bytea);
INSERT INTO public.bytes
  SELECT 1, decode(string_agg(lpad(to_hex(n), 2, '0'), '' ORDER BY n), 'hex') FROM generate_series(0, 255) AS n;
INSERT INTO public.bytes VALUES (2, ''), (3, NULL), (4, '\x5c2e0a'), (5, decode(repeat('00ff5c0a', 100000), 'hex'));

CREATE TABLE public.lists (id integer PRIMARY KEY, i integer[], t text[], deep integer[][][], j jsonb[], c public.texts[]);
INSERT INTO public.lists VALUES
  (1, '{}', '{}', '{}', '{}', '{}'),
  (2, '{NULL,1,NULL}', ARRAY[NULL, 'NULL', '', ' ', '{', '"', '\', ',', E'\n', 'null'], '{{{1,2},{3,NULL}},{{5,6},{7,8}}}',
    ARRAY['{"a": null}'::jsonb, NULL, 'null'], ARRAY[ROW (1, '"(,)\', 'c', '', NULL)::public.texts, NULL]),
  (3, '[-5:-3]={1,2,3}', '[0:1]={a,b}', '[2:2][-1:0][7:7]={{{1},{2}}}', NULL, NULL);

CREATE TABLE public.documents (id integer PRIMARY KEY, j json, b jsonb, path jsonpath);
INSERT INTO public.documents VALUES
  (1, '{"a" : 1,  "a":2, "":null}', '{"a": 1, "a": 2, "": null}', '$.a[*] ? (@ > 1)'),
  (2, ' [ ] ', '[1e400, -0.0, 1.000, "\ud83d\ude00", "\\", "\"", "\n"]', 'strict $."quoted key"'),
  (3, 'null', 'null', NULL),
  (4, (repeat('[', 500) || repeat(']', 500))::json, (repeat('{"k":[', 400) || '1' || repeat(']}', 400))::jsonb, NULL);

CREATE TYPE public.float_range AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = public.float_ranges);
CREATE TABLE public.ranges (id integer PRIMARY KEY, r int4range, n numrange, t tstzrange, m datemultirange, f public.float_range, fm public.float_ranges);
INSERT INTO public.ranges VALUES
  (1, 'empty', '(,)', '[infinity,infinity]', '{}', 'empty', '{}'),
  (2, '[1,5]', '(1.10,NaN]', '["2025-01-01 00:00:00+00",)', '{[2020-01-01,2020-02-01),[2021-01-01,)}', '[-Infinity,1.5)', '{[1,2],(3,4)}'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE public.rest (id integer PRIMARY KEY, net inet, block cidr, mac macaddr8, bits bit(9), vary bit varying, u uuid, p polygon, pt path, box box, c circle,
  vector tsvector, query tsquery, lsn pg_lsn, snapshot pg_snapshot, x xid8, type regtype, relation regclass, function regprocedure, name name);
INSERT INTO public.rest VALUES
  (1, '::ffff:1.2.3.4/96', '10.0.0.0/8', '08:00:2b:01:02:03:04:05', B'101010101', B'', '00000000-0000-0000-0000-000000000000', '((0,0),(1,1),(1,0))', '[(0,0),(1e300,-1e-300)]',
    '(1,1),(0,0)', '<(0,0),0>', $$'it''s':1A,2B 'with space':3 '\\':4$$, $$'a b' & !c:*A <-> 'd'$$, '16/B374D848', '10:20:10,14,15', '18446744073709551615',
    'public.float_range', 'public.texts', 'now()', 'name'),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL);

-- XML is a build option of the server.
DO $do$
BEGIN
  PERFORM xmlparse(CONTENT '<a/>');
  CREATE TABLE public.xmls (id integer PRIMARY KEY, value xml);
  INSERT INTO public.xmls VALUES (1, '<a b="&quot;">é 🐘 <![CDATA[ \. ]]></a>'), (2, 'no element'), (3, NULL), (4, '<?xml version="1.0"?><r/>');
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$do$;

-- 300 columns, one of every three dropped again.
DO $do$
BEGIN
  EXECUTE 'CREATE TABLE public.wide (' || (SELECT string_agg(format('%I integer DEFAULT %s', 'c' || n, n), ', ') FROM generate_series(1, 450) AS n) || ')';
  INSERT INTO public.wide DEFAULT VALUES;
  EXECUTE 'ALTER TABLE public.wide ' || (SELECT string_agg(format('DROP COLUMN %I', 'c' || n), ', ') FROM generate_series(3, 450, 3) AS n);
  INSERT INTO public.wide DEFAULT VALUES;
END
$do$;

SELECT lo_from_bytea(4000000001, decode(repeat('deadbeef', 150000), 'hex')), lo_from_bytea(770001, ''), lo_from_bytea(770002, '\x00'), lo_from_bytea(770003, '\x5c2e');
COMMENT ON LARGE OBJECT 4000000001 IS E'above 2^31, with a ''quote'', a \\ and\na line';
-- A hole: large objects are sparse.
SELECT lo_put(770001, 100000, '\xff');
