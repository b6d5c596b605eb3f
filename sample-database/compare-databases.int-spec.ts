import { compareDatabases, describeDatabase } from './compare-databases.ts';
import { fillNasty } from './fill-nasty.ts';
import { fillShop } from './fill-shop.ts';
import { TrialDatabases } from './testing/trial-databases.ts';

/** Longest run of one test; making a database takes a second on a slow disk. */
const milliseconds = 120_000;

/** What is changed, how, and the object under which the difference must be reported. */
const SMALL_CHANGES: [what: string, change: string, name: string][] = [
  ['a row that is there twice', `INSERT INTO public."case" SELECT * FROM public."case"`, 'rows of public.case'],
  [
    'one more row without columns',
    `INSERT INTO public.rows_of_nothing DEFAULT VALUES`,
    'rows of public.rows_of_nothing',
  ],
  ['a NULL for an empty string', `UPDATE public.texts SET value = NULL WHERE id = 2`, 'rows of public.texts'],
  ['an array that starts at one', `UPDATE public.lists SET i = '{1,2,3}' WHERE id = 3`, 'rows of public.lists'],
  ['a policy', `DROP POLICY nobody ON public.texts`, 'policy public.texts: nobody'],
  ['a trigger switched on', `ALTER TABLE public.empty ENABLE TRIGGER disabled`, 'trigger public.empty: disabled'],
  [
    'a validated constraint',
    `ALTER TABLE public.older_than_its_rules DROP CONSTRAINT positive`,
    'constraint public.older_than_its_rules: positive',
  ],
  [
    'a label',
    `ALTER TYPE public."enum 'of' \\ things" RENAME VALUE 'last' TO 'Last'`,
    `type public.enum 'of' \\ things`,
  ],
  [
    'a function body',
    `CREATE OR REPLACE FUNCTION public.add(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF COST 3 PARALLEL SAFE AS 'SELECT $1 - $2'`,
    'function public.add(integer, integer)',
  ],
  ['a comment', `COMMENT ON CAST (text AS public.pair) IS NULL`, 'comment on cast (pg_catalog.text AS public.pair)'],
  ['an event trigger', `ALTER EVENT TRIGGER asleep ENABLE`, 'event trigger asleep'],
  ['a publication', `ALTER PUBLICATION of_schema SET (publish = 'insert')`, 'publication of_schema'],
  [
    'a detached partition',
    `ALTER TABLE public.measures DETACH PARTITION public.measures_south`,
    'relation public.measures_south',
  ],
  ['a cast', `DROP CAST (public.pair AS integer)`, 'cast public.pair AS integer'],
  [
    'an operator',
    `ALTER OPERATOR public.=~= (numeric, numeric) SET (RESTRICT = NONE)`,
    'operator public.public.=~=(numeric,numeric)',
  ],
];

describe('comparing two databases', () => {
  it(
    'finds nothing between a database and its copy',
    async () => {
      const databases = new TrialDatabases();
      const original = await databases.create('original');
      await fillNasty(original);
      const copy = await databases.create('copy', original);

      expect(await compareDatabases(original, copy)).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'reports every single loss: a row, a default, a counter, a large object, an index',
    async () => {
      const databases = new TrialDatabases();
      const original = await databases.create('original');
      await fillShop(original, { scale: 0.01 });
      const copy = await databases.create('copy', original);
      await databases.ask(copy, `UPDATE public.customers SET last_name = last_name || ' ' WHERE id = 7`);
      await databases.ask(copy, `ALTER TABLE public.products ALTER COLUMN vat_rate SET DEFAULT 0.21`);
      await databases.ask(copy, `SELECT setval('public.invoice_numbers', 1000)`);
      await databases.ask(copy, `SELECT lo_put(990002, 5, '\\x00')`);
      await databases.ask(copy, `DROP INDEX public.reviews_of_product`);

      const before = await describeDatabase(original);
      const after = await describeDatabase(copy);
      const was = (name: string) => `${name}: was ${before.get(name) ?? '?'}, is ${after.get(name) ?? '?'}`;
      expect(await compareDatabases(original, copy)).toEqual([
        was('column public.products.vat_rate'),
        'index public.reviews_of_product: missing in the restored database',
        was('large object 990002'),
        was('rows of public.customers'),
        was('value of sequence public.invoice_numbers'),
      ]);
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'reports each of many small changes',
    async () => {
      const databases = new TrialDatabases();
      const original = await databases.create('original');
      await fillNasty(original);
      const copy = await databases.create('copy', original);
      for (const [, change] of SMALL_CHANGES) await databases.ask(copy, change);

      const differences = await compareDatabases(original, copy);
      const unnoticed = SMALL_CHANGES.filter(([, , name]) => !differences.some((line) => line.startsWith(`${name}: `)));
      expect(unnoticed.map(([what]) => what)).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'leaves out the schemas it is told to',
    async () => {
      const databases = new TrialDatabases();
      const empty = await databases.create('empty');
      const other = await databases.create('other');
      await databases.ask(
        other,
        'CREATE SCHEMA a; CREATE TABLE a.t (id serial PRIMARY KEY); INSERT INTO a.t DEFAULT VALUES',
      );
      await databases.ask(other, `COMMENT ON TABLE a.t IS 'x'; COMMENT ON SCHEMA a IS 'y'`);

      expect(await compareDatabases(empty, other)).not.toEqual([]);
      expect(await compareDatabases(empty, other, { excludeSchemas: ['a'] })).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );
});
