import type { RequestedOptions, TableName } from '#lib/domain';
import { rm } from 'node:fs/promises';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { restore } from '../testing/restore.js';

const SOURCE = `
  CREATE EXTENSION hstore;
  CREATE SCHEMA sales; CREATE SCHEMA "Aside";
  CREATE TYPE sales.status AS ENUM ('open', 'closed');
  CREATE DOMAIN "Aside".positive AS integer CHECK (VALUE > 0);
  CREATE SEQUENCE "Aside".numbers;
  CREATE FUNCTION "Aside".twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 2 * $1';
  CREATE FUNCTION "Aside".touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TABLE customers (id serial PRIMARY KEY, name text);
  CREATE TABLE sales.orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer integer REFERENCES customers,
    state sales.status[] DEFAULT '{open}');
  CREATE TABLE sales.lines (number integer DEFAULT nextval('"Aside".numbers'), amount "Aside".positive,
    whole customers, tags hstore, CHECK ("Aside".twice(number) > 0));
  CREATE INDEX ON sales.lines ("Aside".twice(number));
  CREATE TRIGGER touching BEFORE INSERT ON sales.lines FOR EACH ROW EXECUTE FUNCTION "Aside".touch();
  CREATE VIEW sales.busy AS SELECT customer, count(*) AS n FROM sales.orders GROUP BY customer;
  CREATE VIEW sales.by_key AS SELECT id, name FROM customers GROUP BY id;
  CREATE TABLE sales.list (kind text) PARTITION BY LIST (kind);
  CREATE TABLE sales.list_a PARTITION OF sales.list FOR VALUES IN ('a');
  CREATE TABLE alone (id integer);
  INSERT INTO customers (name) VALUES ('one'); INSERT INTO sales.orders (customer) VALUES (1);
  INSERT INTO sales.list VALUES ('a'); SELECT lo_from_bytea(4711, 'large')`;

const table = (name: string, schema = 'sales'): TableName => ({ schema, name });

describe('what filters leave out', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('left_out');
    await source.sql(SOURCE);
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  const needs = async (wishes: RequestedOptions) => (await trial.filters(wishes)).needs;
  const back = async (wishes: RequestedOptions) => {
    const made = await trial.make(wishes);
    await backFrom(made.path, wishes).finally(() => rm(made.path));
  };
  const backFrom = async (path: string, wishes: RequestedOptions, prepare = '') => {
    const target = await ThrowawayDatabase.make('left_out_back');
    try {
      await target.sql(prepare);
      await restore(path, trial.isWrapped(wishes), trial.client, target.url);
    } finally {
      await target.drop();
    }
  };

  it.each<[string, RequestedOptions, string[]]>([
    ['nothing that is not needed', { includeTables: [table('alone', 'public')] }, ['large objects']],
    [
      'a type in an array, the schema and what a foreign key points to',
      { includeTables: [table('orders')] },
      ['large objects', 'schema sales', 'table public.customers', 'type sales.status'],
    ],
    [
      'all that columns, defaults, constraints, indexes and triggers use',
      { includeTables: [table('lines')], content: 'schema' },
      [
        'extension hstore',
        'function "Aside".touch()',
        'function "Aside".twice(integer)',
        'schema sales',
        'sequence "Aside".numbers',
        'table public.customers',
        'type "Aside".positive',
      ],
    ],
    [
      'the tables of views',
      { includeTables: [table('busy'), table('by_key')], content: 'schema' },
      ['schema sales', 'table public.customers', 'table sales.orders'],
    ],
    [
      'the parent of a partition',
      { includeTables: [table('list_a')], content: 'schema' },
      ['schema sales', 'table sales.list'],
    ],
    [
      'what the other schemas have',
      { includeSchemas: ['sales'], content: 'schema' },
      [
        'extension hstore',
        'function "Aside".touch()',
        'function "Aside".twice(integer)',
        'sequence "Aside".numbers',
        'table public.customers',
        'type "Aside".positive',
      ],
    ],
    [
      'what was taken out by name',
      { excludeTables: [table('alone', 'public'), table('list')] },
      ['extension hstore', 'table public.alone', 'table sales.list'],
    ],
    [
      'a table that others need',
      { excludeTables: [table('customers', 'public')] },
      ['extension hstore', 'table public.customers'],
    ],
    [
      'a schema and what is needed of it',
      { excludeSchemas: ['Aside'], excludeTables: [table('lines')] },
      ['extension hstore', 'schema "Aside"', 'table sales.lines'],
    ],
    [
      'rows',
      { excludeTableData: [table('customers', 'public')] },
      ['extension hstore', 'rows of table public.customers'],
    ],
    [
      'rows, of rows alone',
      { excludeTables: [table('customers', 'public')], excludeTableData: [table('list')], content: 'data' },
      ['rows of table public.customers', 'rows of table sales.list'],
    ],
    ['nothing without filters', {}, []],
  ])('names %s', async (_, wishes, expected) => {
    expect(await needs(wishes)).toEqual(expected);
  });

  it('is all that a restore asks for, and no less', async () => {
    const orders = { includeTables: [table('orders')] };
    const made = [
      'CREATE SCHEMA sales',
      `CREATE TYPE sales.status AS ENUM ('open', 'closed')`,
      'CREATE TABLE customers (id integer PRIMARY KEY); INSERT INTO customers VALUES (1)',
    ];
    const { path } = await trial.make(orders);
    await backFrom(path, orders, made.join(';'));
    for (const missing of made) {
      const others = made.filter((one) => one !== missing && !(missing.endsWith('sales') && one.includes('sales.')));
      await expect(backFrom(path, orders, others.join(';'))).rejects.toThrow('does not exist');
    }
  }, 60_000);

  it('is nothing that a restore asks for where nobody refers to it', async () => {
    await back({ includeTables: [table('alone', 'public')] });
    await back({ excludeTables: [table('list'), table('alone', 'public')] });
    await back({ excludeSchemas: ['Aside'], excludeTables: [table('lines')] });
    await expect(back({ excludeTableData: [table('customers', 'public')] })).rejects.toThrow('orders_customer_fkey');
  }, 60_000);

  it('is the schema of an extension, which comes along', async () => {
    await source.sql('CREATE SCHEMA tools; CREATE EXTENSION citext SCHEMA tools');
    const alone = { includeSchemas: ['public'], excludeTables: [table('customers', 'public')] };
    expect(await needs({ ...alone, content: 'schema' })).toEqual([
      'extension citext',
      'extension hstore',
      'schema tools',
      'table public.customers',
    ]);
    await expect(back(alone)).rejects.toThrow('schema "tools" does not exist');
    await source.sql('DROP EXTENSION citext; DROP SCHEMA tools');
  }, 60_000);

  it('names roles of what is left alone', async () => {
    const [mine, theirs] = [await source.role('mine', 'x'), await source.role('theirs', 'x')];
    await source.sql(`GRANT SELECT ON alone TO ${mine}; GRANT SELECT ON customers TO ${theirs}`);
    const roles = async (wishes: RequestedOptions) => (await needs(wishes)).filter((need) => need.startsWith('role'));
    const alone = table('alone', 'public');
    expect(await roles({ includeTables: [alone] })).toEqual([`role ${mine}`]);
    expect(await roles({ excludeTables: [alone] })).toEqual([`role ${theirs}`]);
    expect(await roles({ includeSchemas: ['sales'] })).toEqual([]);
    expect(await roles({ includeSchemas: ['public'] })).toEqual([`role ${mine}`, `role ${theirs}`].sort());
    await source.sql(`DROP OWNED BY ${mine}, ${theirs}`);
  });
});
