import type { RequestedOptions, TableName } from '#lib/domain';
import { readFile, rm } from 'node:fs/promises';
import pg from 'pg';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { restore } from '../testing/restore.js';

/** Each with what it would match if it were a pattern, or if it were cut or folded on the way. */
const NAMES = [
  ['*', 'anything'],
  ['a?', 'ab'],
  ['(x|y)', 'x'],
  ['[ab]', 'a'],
  ['.+', 'dots'],
  ['a.b', 'b'],
  ['ab$', 'ab'],
  ['^ab', 'ab'],
  ['\\d', '7'],
  ['Orders', 'orders'],
  ['say "hi"', 'say hi'],
  ['"', 'quote'],
  ['--help', 'help'],
  ['-t x', 'x'],
  [' ab ', 'ab'],
  ['é', 'e\u0301'],
  ['👩‍👩‍👧‍👦 famille', 'famille'],
  ["'; DROP TABLE ab; --", 'ab'],
  ['$(reboot)', 'reboot'],
  ['two\nlines', 'two'],
  ['{2}', 'aa'],
  ['x'.repeat(63), 'x'],
] as const;
const SCHEMA = 'We.ird "s*" -é';

describe('a selection of tables', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('selection');
    const schemas = [SCHEMA, 'We'];
    const tables = schemas.flatMap((schema) => [...new Set(NAMES.flat())].map((name) => ({ schema, name })));
    await source.sql(schemas.map((schema) => `CREATE SCHEMA ${pg.escapeIdentifier(schema)};`).join(''));
    await source.sql(tables.map((table) => `CREATE TABLE ${full(table)} AS SELECT 1 AS i;`).join(''));
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  const full = ({ schema, name }: TableName) => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;

  /** The SQL of what a dump brings back. */
  const script = async (wishes: RequestedOptions, of = trial) => {
    const made = await of.make({ format: 'plain', compression: 'none', ...wishes });
    const text = await readFile(made.path, 'utf8');
    await rm(made.path);
    return text;
  };
  const countOf = (text: string, words: string) => text.split(`\n${words}`).length - 1;

  /** As the server writes it in SQL. */
  const written = async (name: string) => {
    const [row] = await source.sql<{ name: string }>(`SELECT format('%I.%I', $1::text, $2::text) AS name`, [
      SCHEMA,
      name,
    ]);
    return row?.name ?? '';
  };

  it.each(NAMES)('includes %j literally, and not %j', async (name) => {
    const only = await script({ includeTables: [{ schema: SCHEMA, name }], content: 'schema' });
    expect(countOf(only, 'CREATE TABLE ')).toBe(1);
    expect(only).toContain(`CREATE TABLE ${await written(name)} (`);
  });

  it('excludes each of them literally, or its rows', async () => {
    const odd = [...new Set(NAMES.map(([name]) => name))];
    const tables = odd.map((name) => ({ schema: SCHEMA, name }));
    const [without, hollow] = await Promise.all([
      script({ excludeTables: tables, content: 'schema' }),
      script({ excludeTableData: tables }),
    ]);
    const others = 2 * new Set(NAMES.flat()).size - odd.length;
    expect(countOf(without, 'CREATE TABLE ')).toBe(others);
    expect(countOf(hollow, 'COPY ')).toBe(others);
    for (const name of odd) {
      expect(without).not.toContain(`CREATE TABLE ${await written(name)} (`);
      expect(hollow).not.toContain(`COPY ${await written(name)} (`);
    }
  });

  it('takes schemas literally', async () => {
    const [only, without] = await Promise.all([
      script({ includeSchemas: [SCHEMA], content: 'schema' }),
      script({ excludeSchemas: [SCHEMA], content: 'schema' }),
    ]);
    expect(only).toContain('CREATE SCHEMA "We.ird ""s*"" -é"');
    expect(countOf(only, 'CREATE SCHEMA ')).toBe(1);
    expect(without).toContain('CREATE SCHEMA "We"');
    expect(countOf(without, 'CREATE SCHEMA ')).toBe(1);
  });

  it('does not pass over a table that is dropped between the catalog and pg_dump', async () => {
    await source.sql('CREATE TABLE public.fleeting (id integer); CREATE TABLE public.staying (id integer)');
    const wishes = { includeTables: ['fleeting', 'staying'].map((name) => ({ schema: 'public', name })) };
    const { selection } = await trial.filters(wishes);
    await source.sql('DROP TABLE public.fleeting');
    const failure = await trial
      .dump(wishes, {}, selection)
      .run(AbortSignal.timeout(30_000))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'source_error', detail: expect.stringContaining('fleeting') as string });
  });

  it('finds names of another encoding', async () => {
    const name = `${source.name}_latin1`;
    await source.sql(`CREATE DATABASE ${name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    const url = source.urlOf(name);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`CREATE TABLE "é" AS SELECT 'à'::text AS words; CREATE TABLE e (id integer)`);
    await client.end();
    const latin = await DumpTrial.of(url);
    const text = await script({ includeTables: [{ schema: 'public', name: 'é' }] }, latin);
    expect(countOf(text, 'COPY ')).toBe(1);
    expect(text).toContain('\nà\n');
    await latin.remove();
    await source.sql(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  describe('that descend from others', () => {
    const TABLES = ['list', 'list_a', 'list_a_old', 'list_a_new', 'list_b', 'animals', 'ducks', 'ducklings', 'alone'];
    let families: ThrowawayDatabase;
    let counting: DumpTrial;

    beforeAll(async () => {
      families = await ThrowawayDatabase.make('selection_family');
      await families.sql(`
        CREATE SCHEMA parts;
        CREATE TABLE list (kind text, day integer) PARTITION BY LIST (kind);
        CREATE TABLE parts.list_a PARTITION OF list FOR VALUES IN ('a') PARTITION BY RANGE (day);
        CREATE TABLE parts.list_a_old PARTITION OF parts.list_a FOR VALUES FROM (0) TO (10);
        CREATE TABLE parts.list_a_new PARTITION OF parts.list_a FOR VALUES FROM (10) TO (100);
        CREATE TABLE parts.list_b PARTITION OF list FOR VALUES IN ('b');
        INSERT INTO list SELECT CASE WHEN n % 3 = 0 THEN 'b' ELSE 'a' END, n FROM generate_series(1, 60) AS n;
        CREATE TABLE animals (id integer); CREATE TABLE parts.ducks () INHERITS (animals);
        CREATE TABLE parts.ducklings () INHERITS (parts.ducks); CREATE TABLE alone (id integer);
        INSERT INTO animals VALUES (1); INSERT INTO parts.ducks VALUES (2), (3); INSERT INTO parts.ducklings VALUES (4);
        INSERT INTO alone VALUES (1)`);
      counting = await DumpTrial.of(families.url);
    });
    afterAll(async () => {
      await counting.remove();
      await families.drop();
    });

    /** Rows of each table itself in a database that a dump was restored into; a table that is not there is missing. */
    const rowsBack = async (wishes: RequestedOptions) => {
      const made = await counting.make(wishes);
      const target = await ThrowawayDatabase.make('selection_back');
      const { needs } = await counting.filters(wishes);
      for (const schema of needs.filter((need) => need.startsWith('schema '))) await target.sql(`CREATE ${schema}`);
      await restore(made.path, counting.isWrapped(wishes), counting.client, target.url);
      await rm(made.path);
      const found = await target.sql<{ name: string; kind: string }>(
        `SELECT oid::regclass::text AS name, relkind AS kind FROM pg_class WHERE relname = ANY ($1)`,
        [TABLES],
      );
      const counts: Record<string, number> = {};
      for (const { name, kind } of found) {
        if (kind === 'p') continue;
        const [row] = await target.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ONLY ${name}`);
        counts[name.replace('parts.', '')] = row?.n ?? 0;
      }
      await target.drop();
      return counts;
    };
    const [list, animals] = ['list', 'animals'].map((name) => ({ schema: 'public', name })) as [TableName, TableName];

    const LIST = { list_a_old: 6, list_a_new: 34, list_b: 20 };
    const ANIMALS = { animals: 1, ducks: 2, ducklings: 1 };

    it('come with the parent that is included', async () => {
      expect(await rowsBack({ includeTables: [list] })).toEqual(LIST);
      expect(await rowsBack({ includeTables: [animals] })).toEqual(ANIMALS);
    }, 60_000);

    it('go with the parent that is excluded', async () => {
      expect(await rowsBack({ excludeTables: [list] })).toEqual({ ...ANIMALS, alone: 1 });
      expect(await rowsBack({ excludeTables: [animals] })).toEqual({ ...LIST, alone: 1 });
    }, 60_000);

    it('lose their rows with the parent whose rows are excluded', async () => {
      const empty = (counts: object) => Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
      expect(await rowsBack({ excludeTableData: [list] })).toEqual({ ...empty(LIST), ...ANIMALS, alone: 1 });
      expect(await rowsBack({ excludeTableData: [animals] })).toEqual({ ...LIST, ...empty(ANIMALS), alone: 1 });
    }, 60_000);

    it('may be parted from it', async () => {
      const part = (name: string) => ({ schema: 'parts', name });
      expect(await rowsBack({ includeTables: [list], excludeTables: [part('list_a')] })).toEqual({ list_b: 20 });
      expect(await rowsBack({ excludeTableData: [part('list_a'), animals] })).toEqual({
        ...{ list_a_old: 0, list_a_new: 0, list_b: 20 },
        ...{ animals: 0, ducks: 0, ducklings: 0, alone: 1 },
      });
    }, 60_000);
  });
});
