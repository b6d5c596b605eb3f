import { completeOptions, type ExportOptions } from '#lib/domain';
import { type Person, RunningApi } from '../testing/running-api.js';
import { ThrowawayDatabase } from '../../../../libs/database/testing/throwaway-database.js';

let api: RunningApi;
let admin: Person;
let shop: ThrowawayDatabase;

beforeAll(async () => {
  shop = await ThrowawayDatabase.make('estimate_shop');
  await shop.sql(`CREATE TABLE many AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 20000) AS n;
    CREATE TABLE few (id integer); ANALYZE`);
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

const estimate = (body: object = {}) =>
  api.call('post', '/admin/db/export/estimate', admin).send({ database: 'shop', ...body });

it('says what an export would take, and dumps nothing', async () => {
  const [{ bytes } = { bytes: 0 }] = await shop.sql<{ bytes: number }>(`SELECT pg_table_size('many')::int AS bytes`);
  const { body } = await estimate().expect(200);
  expect(body).toEqual({
    sizeBytes: expect.any(Number),
    tables: 2,
    estimatedFileBytes: expect.any(Number),
    estimatedSeconds: expect.any(Number),
    freeBytes: expect.any(Number),
    fits: true,
  });
  expect(Math.abs(body.sizeBytes - bytes)).toBeLessThan(0.1 * bytes);
  expect(body.estimatedFileBytes).toBeLessThan(bytes);
  expect(await api.database.sql('SELECT FROM pgexport.exports')).toEqual([]);
});

it('goes by what the last export with like options came to', async () => {
  const { sizeBytes } = (await estimate().expect(200)).body;
  const row = await api.queued(admin, { database: 'shop', options: completeOptions({}) as ExportOptions });
  await api.claim(row.id);
  await api.finish(row.id, Buffer.from('x'));
  await api.database.sql(
    `UPDATE pgexport.exports SET status = 'expired',
       file = file || jsonb_build_object('sizeBytes', 777, 'made', jsonb_build_object('sourceBytes', $2::bigint, 'seconds', 41.5))
      WHERE id = $1`,
    [row.id, sizeBytes],
  );
  expect((await estimate().expect(200)).body).toMatchObject({ estimatedFileBytes: 777, estimatedSeconds: 42 });
  expect((await estimate({ compression: 'none' }).expect(200)).body.estimatedFileBytes).toBeGreaterThan(777);
});

it('knows of a table that nobody has analysed yet, and waits for no lock', async () => {
  await shop.sql(`CREATE TABLE fresh AS SELECT repeat(md5(n::text), 20) AS words FROM generate_series(1, 10000) AS n`);
  const before = (await estimate().expect(200)).body;
  const release = await shop.hold('LOCK TABLE many, few, fresh IN ACCESS EXCLUSIVE MODE');
  const locked = (await estimate().expect(200)).body;
  await release();
  await shop.sql('DROP TABLE fresh');
  const after = (await estimate().expect(200)).body;
  expect(before.sizeBytes - after.sizeBytes).toBeGreaterThan(6_000_000);
  expect(locked.tables).toBe(3);
  expect(locked.sizeBytes).toBeGreaterThanOrEqual(after.sizeBytes);
});

it("leaves pg-export's own tables out where they are, and only there", async () => {
  expect((await estimate({ database: 'main' }).expect(200)).body.tables).toBe(0);
});

it('of the schema alone copies nothing', async () => {
  expect((await estimate({ content: 'schema' }).expect(200)).body).toMatchObject({ sizeBytes: 0, tables: 2 });
});

it('refuses what an export would be refused for', async () => {
  expect((await estimate({ compressionLevel: 20 }).expect(422)).body.code).toBe('invalid_options');
  expect((await estimate({ database: 'nowhere' }).expect(422)).body.code).toBe('unknown_database');
  expect((await estimate({ colour: 'blue' }).expect(400)).body.code).toBe('invalid_request');
});

it('says that the database cannot be reached, and why', async () => {
  const { body } = await estimate({ database: 'away' }).expect(502);
  expect(body).toMatchObject({ code: 'source_unavailable', detail: expect.stringContaining('source_unreachable') });
  expect(body.detail).toContain('ECONNREFUSED');
});
