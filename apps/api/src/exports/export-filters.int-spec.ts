import { ThrowawayDatabase } from '../../../../libs/database/testing/throwaway-database.js';
import { type Person, RunningApi } from '../testing/running-api.js';

const ODD = { schema: 'We.ird "s"', name: '-é *?$ "t"' };

let api: RunningApi;
let admin: Person;
let shop: ThrowawayDatabase;

beforeAll(async () => {
  shop = await ThrowawayDatabase.make('filters_shop');
  await shop.sql(`CREATE SCHEMA "We.ird ""s"""; CREATE TABLE "We.ird ""s"""."-é *?$ ""t""" (id integer);
    CREATE TABLE orders (id integer)`);
  api = await RunningApi.start({
    EXPORT_DATABASE_URL_SHOP: shop.url,
    EXPORT_DATABASE_URL_AWAY: 'postgres://reader@127.0.0.1:1/away',
  });
  admin = await api.person('SUPER_ADMIN');
});
afterAll(async () => {
  await api.stop();
  await shop.drop();
});

const ask = (body: object) =>
  api.call('post', '/admin/db/export', admin).send({ database: 'shop', content: 'all', ...body });
const estimate = (body: object) =>
  api.call('post', '/admin/db/export/estimate', admin).send({ database: 'shop', ...body });
const orders = { schema: 'public', name: 'orders' };

it('keeps the names of schemas and tables, letter by letter', async () => {
  const { body } = await ask({ includeSchemas: [ODD.schema, 'public'], excludeTableData: [ODD, ODD] }).expect(202);
  expect(body.options).toMatchObject({
    includeSchemas: [ODD.schema, 'public'],
    excludeTableData: [ODD],
    excludeTables: [],
  });
});

it.each([
  [{ includeTables: [{ schema: 'public', name: 'ORDERS' }] }, '"public"."ORDERS"'],
  [{ excludeTables: [{ schema: 'public', name: 'order*' }] }, '"public"."order*"'],
  [{ excludeTableData: [{ schema: 'sales', name: 'orders' }] }, '"sales"."orders"'],
  [{ includeSchemas: ['public', 'nowhere'] }, '"nowhere"'],
  [{ excludeSchemas: ['pg_catalog'] }, '"pg_catalog"'],
])('answers 422 to names that are not there: %j', async (filter, named) => {
  const { body } = await ask(filter).expect(422);
  expect(body).toMatchObject({ code: 'unknown_table', detail: expect.stringContaining(named) });
  expect((await estimate(filter).expect(422)).body.code).toBe('unknown_table');
});

it("does not know pg-export's own tables, where they are", async () => {
  const own = { includeTables: [{ schema: 'pgexport', name: 'exports' }] };
  expect((await ask({ database: 'main', ...own }).expect(422)).body.code).toBe('unknown_table');
  await ask({ database: 'main', includeSchemas: ['public'] }).expect(202);
});

it('answers 422 to filters that leave nothing', async () => {
  const filter = { includeTables: [orders], excludeTables: [ODD], excludeTableData: [ODD] };
  expect((await ask(filter).expect(422)).body.code).toBe('invalid_options');
});

it('answers 400 to what is no name, with its path', async () => {
  expect((await ask({ includeTables: [{ schema: 'public' }] }).expect(400)).body.detail).toContain(
    'includeTables.0.name',
  );
  expect((await ask({ excludeSchemas: ['nul\u0000'] }).expect(400)).body.detail).toContain('excludeSchemas.0');
  const pattern = { schema: 'public', name: 'orders', pattern: true };
  expect((await ask({ excludeTables: [pattern] }).expect(400)).body.code).toBe('invalid_request');
});

it('says that the names can not be looked up while the database is away, and takes exports of all of it', async () => {
  const { body } = await ask({ database: 'away', includeTables: [orders] }).expect(502);
  expect(body).toMatchObject({ code: 'source_unavailable', detail: expect.stringContaining('ECONNREFUSED') });
  await ask({ database: 'away' }).expect(202);
});

it('gives a repeated request its export without asking again', async () => {
  await shop.sql('CREATE TABLE fleeting (id integer)');
  const body = { includeTables: [{ schema: 'public', name: 'fleeting' }] };
  const first = await ask(body).set('Idempotency-Key', 'fleeting').expect(202);
  await shop.sql('DROP TABLE fleeting');
  const again = await ask(body).set('Idempotency-Key', 'fleeting').expect(202);
  expect(again.body.id).toBe(first.body.id);
});

it('takes a thousand long names', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${'n'.repeat(57)}_${String(index)}`.slice(0, 63));
  await shop.sql(names.map((name) => `CREATE TABLE ${name} ();`).join(''));
  const all = names.map((name) => ({ schema: 'public', name }));
  await ask({ excludeTables: all }).expect(202);
  await ask({ excludeTables: [...all, orders] }).expect(400);
});

it('estimates what is left', async () => {
  await shop.sql(
    `CREATE TABLE big AS SELECT n, repeat('x', 500) AS words FROM generate_series(1, 5000) AS n; ANALYZE big`,
  );
  const big = { schema: 'public', name: 'big' };
  const [all, without, alone] = await Promise.all([
    estimate({}),
    estimate({ excludeTableData: [big] }),
    estimate({ includeTables: [big] }),
  ]);
  expect(all.body.sizeBytes - without.body.sizeBytes).toBeGreaterThan(2_000_000);
  expect(alone.body).toMatchObject({ tables: 1 });
});
