-- Everything else a database can hold.

-- Made in this order, needed in the other: the first view is replaced by one that reads the second.
CREATE VIEW public.a_view AS SELECT 1 AS id, 'x'::text AS name;
CREATE VIEW public.b_view AS SELECT id, name FROM public.animals;
CREATE OR REPLACE VIEW public.a_view AS SELECT id, name FROM public.b_view;
CREATE MATERIALIZED VIEW public.a_materialized AS SELECT id, count(*) AS n FROM public.a_view GROUP BY id;
CREATE UNIQUE INDEX ON public.a_materialized (id);
CREATE MATERIALIZED VIEW public.on_a_materialized AS SELECT sum(n) AS s FROM public.a_materialized;
CREATE MATERIALIZED VIEW public.not_filled AS SELECT * FROM public.a_materialized WITH NO DATA;
CREATE RECURSIVE VIEW public.counting (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM counting WHERE n < 5;
CREATE VIEW public.with_default WITH (security_invoker = true) AS SELECT id, n FROM public.by_default;
ALTER VIEW public.with_default ALTER COLUMN n SET DEFAULT 12;
-- Two views that need each other, by way of a rule.
CREATE VIEW public.ring_a AS SELECT 1 AS n;
CREATE VIEW public.ring_b AS SELECT n FROM public.ring_a;
CREATE RULE ring AS ON INSERT TO public.ring_a DO INSTEAD SELECT n FROM public.ring_b;
-- A view that groups by a primary key can only be made after that key.
CREATE VIEW public.needs_its_key AS SELECT id, name FROM public.animals GROUP BY id;
CREATE FUNCTION public.of_a_view(public.needs_its_key) RETURNS text LANGUAGE sql AS 'SELECT $1.name';

CREATE RULE "règle" AS ON UPDATE TO public.by_default WHERE old.n > 3 DO ALSO (INSERT INTO public.unlogged (body) VALUES ('rule'); DELETE FROM ONLY public.empty WHERE id = old.id);
CREATE RULE off AS ON DELETE TO public.by_default DO INSTEAD NOTIFY "canal é";
ALTER TABLE public.by_default DISABLE RULE off;

CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER disabled BEFORE INSERT OR UPDATE OF words, id ON public.empty FOR EACH ROW EXECUTE FUNCTION public.touch('argument', 'it''s', '\', E'new\nline');
CREATE TRIGGER always AFTER UPDATE ON public.empty REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION public.touch();
CREATE TRIGGER replica BEFORE DELETE OR TRUNCATE ON public.empty FOR EACH STATEMENT EXECUTE FUNCTION public.touch();
CREATE CONSTRAINT TRIGGER "at the end" AFTER INSERT ON public.empty FROM public.texts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE TRIGGER instead INSTEAD OF INSERT ON public.b_view FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE TRIGGER on_partitions AFTER INSERT ON public.measures FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE public.empty DISABLE TRIGGER disabled, ENABLE ALWAYS TRIGGER always, ENABLE REPLICA TRIGGER replica;
ALTER TABLE public.measures_south DISABLE TRIGGER on_partitions;

CREATE FUNCTION public.watch_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM 1; END';
CREATE EVENT TRIGGER "observateur é" ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION public.watch_ddl();
CREATE EVENT TRIGGER asleep ON sql_drop EXECUTE FUNCTION public.watch_ddl();
ALTER EVENT TRIGGER asleep DISABLE;

CREATE FUNCTION public.is_near(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) < 1';
CREATE FUNCTION public.is_far(numeric, numeric) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT abs($1 - $2) >= 1';
CREATE OPERATOR public.=~= (FUNCTION = public.is_near, LEFTARG = numeric, RIGHTARG = numeric, COMMUTATOR = OPERATOR(public.=~=), NEGATOR = OPERATOR(public.!~=), RESTRICT = eqsel);
CREATE OPERATOR public.!~= (FUNCTION = public.is_far, LEFTARG = numeric, RIGHTARG = numeric, COMMUTATOR = OPERATOR(public.!~=), NEGATOR = OPERATOR(public.=~=));
CREATE TABLE public.uses_operator (a numeric, b numeric, CHECK (a OPERATOR(public.=~=) b));
INSERT INTO public.uses_operator VALUES (1, 1.5);
CREATE FUNCTION public.backwards(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp($2, $1)';
CREATE OPERATOR CLASS public.backwards_ops FOR TYPE integer USING btree AS
  OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 public.backwards(integer, integer);
CREATE INDEX by_default_backwards ON public.by_default USING btree ((n::integer) public.backwards_ops);

CREATE AGGREGATE public.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1', PARALLEL = SAFE, COMBINEFUNC = numeric_mul);
CREATE AGGREGATE public.middle(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE public.moving(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '0');
CREATE FUNCTION public.pair_of(text) RETURNS public.pair LANGUAGE sql IMMUTABLE AS 'SELECT ROW (length($1), $1)::public.pair';
CREATE CAST (text AS public.pair) WITH FUNCTION public.pair_of(text) AS ASSIGNMENT;
CREATE CAST (public.pair AS integer) WITH INOUT;

CREATE TEXT SEARCH DICTIONARY public."mots é" (TEMPLATE = simple, STOPWORDS = english, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION public.own (COPY = french);
ALTER TEXT SEARCH CONFIGURATION public.own ALTER MAPPING FOR asciiword, word WITH public."mots é", french_stem;
CREATE TABLE public.searched (body text, found tsvector GENERATED ALWAYS AS (to_tsvector('public.own', body)) STORED);
INSERT INTO public.searched VALUES ('Les poules pondent the eggs'), (NULL);

CREATE COLLATION public."C again" FROM "C";
-- ICU is a build option of the server.
DO $do$
BEGIN
  IF EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i') THEN
    EXECUTE $q$CREATE COLLATION public."sans casse" (provider = icu, locale = 'und-u-ks-level2', deterministic = false)$q$;
    EXECUTE $q$CREATE TABLE public.collated (a text COLLATE public."sans casse" PRIMARY KEY, b text COLLATE public."C again")$q$;
    EXECUTE $q$INSERT INTO public.collated VALUES ('Abc', 'x'), ('abd', 'Y')$q$;
    EXECUTE $q$CREATE INDEX ON public.collated (b COLLATE public."sans casse")$q$;
  END IF;
END
$do$;

CREATE PUBLICATION "publication é" FOR TABLE public.hens, public.eggs (id) WHERE (id > 0) WITH (publish = 'insert, delete');
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA "select";
CREATE PUBLICATION of_all FOR ALL TABLES WITH (publish_via_partition_root = true);

CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'it''s on');
CREATE SERVER "serveur é" TYPE 'x' VERSION '1' FOREIGN DATA WRAPPER nowhere OPTIONS (host 'a b');

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT SELECT (n), UPDATE ON public.numbers TO pg_monitor WITH GRANT OPTION;
REVOKE ALL ON FUNCTION public.touch() FROM PUBLIC;

CREATE PROCEDURE public.do_it(INOUT n integer, VARIADIC rest text[] DEFAULT '{a}') LANGUAGE plpgsql SET work_mem = '7MB' SET search_path = "select", public AS $_$ BEGIN n := n + 1; COMMIT; END $_$;
CREATE FUNCTION public.standard_body(a integer, b integer DEFAULT 2) RETURNS SETOF public.animals
  BEGIN ATOMIC SELECT * FROM public.animals WHERE id = a OR id = b OR name = 'x'; SELECT id, name FROM public.b_view; END;
CREATE FUNCTION public.windowed() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal));

COMMENT ON TABLE public.nothing IS E'Comment with ''quotes'', "double" ones, \\ and $$\n\\.\nand 🐘';
COMMENT ON DOMAIN public.smaller IS 'domain';
COMMENT ON CONSTRAINT "under 100" ON DOMAIN public.smaller IS 'constraint of a domain';
COMMENT ON OPERATOR public.=~= (numeric, numeric) IS 'operator';
COMMENT ON AGGREGATE public.product(numeric) IS 'aggregate';
COMMENT ON CAST (text AS public.pair) IS 'cast';
COMMENT ON RULE "règle" ON public.by_default IS 'rule';
COMMENT ON EVENT TRIGGER "observateur é" IS 'event trigger';
COMMENT ON STATISTICS public."stats 'é'" IS 'statistics';
COMMENT ON TEXT SEARCH CONFIGURATION public.own IS 'configuration';
COMMENT ON PUBLICATION of_all IS 'publication';
COMMENT ON SCHEMA "-rf" IS '-rf';
COMMENT ON COLLATION public."C again" IS 'collation';
COMMENT ON TYPE public."enum 'of' \ things" IS 'enum';
COMMENT ON MATERIALIZED VIEW public.not_filled IS 'materialized view';
COMMENT ON PROCEDURE public.do_it IS 'procedure';
