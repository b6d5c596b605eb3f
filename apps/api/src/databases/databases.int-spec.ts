import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type Socket } from 'node:net';
import { type Person, RunningApi } from '../testing/running-api.js';
import { PgPrograms } from '#lib/dump-engine';
import { DatabaseSurvey } from './database-survey.js';

const SECRET = 'p4ssw0rd with a space';

let api: RunningApi;
let ops: Person;

beforeAll(async () => {
  api = await RunningApi.start({
    EXPORT_DATABASE_URL_AWAY: `postgres://reader:${encodeURIComponent(SECRET)}@127.0.0.1:1/away`,
    EXPORT_DATABASE_URL_MISSING: databaseBeside('no_such_database'),
  });
  ops = await api.person('OPS');
});
afterAll(() => api.stop());

function databaseBeside(name: string): string {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? 'postgres://127.0.0.1');
  url.pathname = `/${name}`;
  return url.href;
}

async function survey(): Promise<Record<string, Record<string, unknown>>> {
  const { body } = await api.call('get', '/admin/db/databases', ops).expect(200);
  return Object.fromEntries((body as { name: string }[]).map((database) => [database.name, database]));
}

it('tells of a database where it is, how big, and which pg_dump would dump it', async () => {
  const server = new URL(api.database.url);

  expect((await survey())['main']).toEqual({
    name: 'main',
    host: server.hostname,
    port: Number(server.port),
    database: api.database.name,
    serverVersion: expect.stringMatching(/^\d+\.\d+/),
    sizeBytes: expect.any(Number),
    pgDumpVersion: expect.stringMatching(/^\d+\.\d+/),
    reachable: true,
    problem: null,
    problemCode: null,
  });
});

it('says why a database cannot be reached', async () => {
  const { away, missing } = await survey();

  expect(away).toMatchObject({
    reachable: false,
    serverVersion: null,
    problem: expect.stringContaining('ECONNREFUSED'),
    problemCode: 'source_unreachable',
  });
  expect(missing).toMatchObject({
    reachable: false,
    problem: expect.stringContaining('does not exist'),
    problemCode: 'source_unreachable',
  });
});

it('names no password, not even in the words of an error', async () => {
  const text = JSON.stringify(await survey());

  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(encodeURIComponent(SECRET));
});

it('names both versions and the package where every pg_dump is older than the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pg-export-old-client-'));
  for (const program of ['pg_dump', 'pg_restore']) {
    await writeFile(join(folder, program), `#!/bin/sh\necho '${program} (PostgreSQL) 9.6.24'\n`, { mode: 0o755 });
  }
  const { serverVersion } = (await survey())['main'] as { serverVersion: string };
  const [major] = serverVersion.split('.');
  const source = { name: 'main', url: api.database.url };

  const [view] = await new DatabaseSurvey([source], new PgPrograms(folder)).all();

  expect(view).toMatchObject({ reachable: true, serverVersion, pgDumpVersion: null, problemCode: 'version_mismatch' });
  expect(view?.problem).toContain(
    `The server runs PostgreSQL ${major}, the newest pg_dump found is 9.6.24. Install the package postgresql-client-${major} `,
  );
  await rm(folder, { recursive: true });
});

it('lists main first and the others by name', async () => {
  expect(Object.keys(await survey())).toEqual(['main', 'away', 'missing']);
});

describe('the tables of a database', () => {
  const tables = (name: string, by = ops) => api.call('get', `/admin/db/databases/${name}/tables`, by);

  beforeAll(() =>
    api.database.sql(`CREATE SCHEMA "Sal.es";
      CREATE TABLE "Sal.es"."Orders" AS SELECT n, repeat('x', 100) AS words FROM generate_series(1, 1000) AS n;
      CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
      CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10000);
      INSERT INTO parts SELECT generate_series(1, 5000);
      CREATE VIEW seen AS SELECT 1 AS one; CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
      ANALYZE "Sal.es"."Orders", parts_low`),
  );

  it("are named with kind, size and rows, without pg-export's own", async () => {
    const { body } = await tables('main').expect(200);
    expect(body).toEqual([
      { schema: 'Sal.es', name: 'Orders', kind: 'table', sizeBytes: expect.any(Number), estimatedRows: 1000 },
      { schema: 'public', name: 'kept', kind: 'materialized view', sizeBytes: expect.any(Number), estimatedRows: 0 },
      {
        schema: 'public',
        name: 'parts',
        kind: 'partitioned table',
        sizeBytes: expect.any(Number),
        estimatedRows: 5000,
      },
      { schema: 'public', name: 'parts_low', kind: 'table', sizeBytes: expect.any(Number), estimatedRows: 5000 },
      { schema: 'public', name: 'seen', kind: 'view', sizeBytes: 0, estimatedRows: 0 },
    ]);
    expect(body[0].sizeBytes).toBeGreaterThan(100_000);
    expect(body[2].sizeBytes).toBe(body[3].sizeBytes);
  });

  it('are told while somebody has them locked', async () => {
    const release = await api.database.hold('LOCK TABLE "Sal.es"."Orders", parts IN ACCESS EXCLUSIVE MODE');
    expect((await tables('main').expect(200)).body).toHaveLength(5);
    await release();
  });

  it('are not found of a database that is not configured, and not to be had of one that is away', async () => {
    const { body } = await tables('elsewhere').expect(404);
    expect(body).toMatchObject({ code: 'not_found', detail: expect.stringContaining('Known: main') });
    const { body: away } = await tables('away').expect(502);
    expect(away).toMatchObject({ code: 'source_unavailable', detail: expect.stringContaining('ECONNREFUSED') });
    expect(JSON.stringify(away)).not.toContain(SECRET);
  });
});

describe('a server that takes the connection and says nothing', () => {
  const connections: Socket[] = [];
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => connections.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    for (const connection of connections) connection.destroy();
    return new Promise((resolve) => silent.close(resolve));
  });

  it('holds nobody up for longer than the time limit, and says so', async () => {
    const { port } = silent.address() as { port: number };
    const source = { name: 'silent', url: `postgres://reader@127.0.0.1:${String(port)}/x?sslmode=disable` };
    const began = Date.now();

    const [view] = await new DatabaseSurvey([source], new PgPrograms(null), 200).all();

    expect(view).toMatchObject({
      reachable: false,
      problem: expect.stringContaining('did not answer'),
      problemCode: 'source_unreachable',
    });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
