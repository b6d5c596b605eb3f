import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareDatabases } from '../sample-database/compare-databases.ts';
import { fillNasty } from '../sample-database/fill-nasty.ts';
import { ensureShop } from '../sample-database/fill-shop.ts';
import { Client, type Export } from './support/client.ts';
import { restoreByCommand } from './support/restore.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const shop = 'e2e_shop';
const nasty = 'e2e_nasty';
const restored = 'e2e_restored';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-e2e-files-'));
  await ensureShop(databaseUrl('postgres'), shop, { scale: 0.2 });
  await administer(`DROP DATABASE IF EXISTS ${nasty}`);
  await administer(`CREATE DATABASE ${nasty}`);
  await fillNasty(databaseUrl(nasty));
}, 120_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  for (const database of [shop, nasty, restored]) await administer(`DROP DATABASE IF EXISTS ${database}`);
});

const backends = [
  { queue: 'PostgreSQL', redisUrl: () => undefined },
  { queue: 'Redis', redisUrl: () => process.env['TEST_REDIS_URL'] },
];

describe.each(backends)('with the queue on $queue', ({ queue, redisUrl }) => {
  let stack: Stack;
  let admin: Client;

  beforeAll(async () => {
    stack = await Stack.start({
      sources: { main: databaseUrl(shop), nasty: databaseUrl(nasty) },
      redisUrl: redisUrl(),
    });
    admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
  }, 120_000);

  afterAll(() => stack.stop());

  it.each(['main', 'nasty'])(
    'an export of %s restores into an identical database',
    async (database) => {
      const ready = await admin.exportToTheEnd({ database });
      expect(ready).toMatchObject({ status: 'ready', stage: 'done', error: null, attempts: 1 });
      expect(ready.progress.percent).toBe(100);
      const file = fileOf(ready);

      const path = join(folder, file.name);
      expect(await admin.download(ready.id, path)).toBe(file.sha256);

      await administer(`DROP DATABASE IF EXISTS ${restored}`);
      await administer(`CREATE DATABASE ${restored} TEMPLATE template0`);
      await restoreByCommand(file.restoreCommand, path, restored);
      const original = databaseUrl(database === 'main' ? shop : nasty);
      expect(await compareDatabases(original, databaseUrl(restored))).toEqual([]);
    },
    180_000,
  );

  it('leaves nothing in the work folder, and the finished files in the store', async () => {
    await admin.exportToTheEnd({ content: 'schema' });
    const { partial, finished } = await stack.files();
    expect(partial).toEqual([]);
    expect(finished.length).toBeGreaterThan(0);
  }, 60_000);

  it('OPS follows exports and does nothing else; nobody does nothing at all', async () => {
    const account = { email: `ops-${queue}@example.com`, password: 'watching the pumps', role: 'OPS' };
    expect((await admin.call('POST', '/admin/users', account)).status).toBe(201);
    const ops = await new Client(stack.url).signIn(account.email, account.password);
    const ready = await admin.exportToTheEnd({ content: 'schema' });

    expect((await ops.call('GET', `/admin/db/export/${ready.id}`)).status).toBe(200);
    expect((await ops.call('POST', '/admin/db/export', {})).status).toBe(403);
    expect((await ops.call('GET', `/admin/db/export/${ready.id}/file`)).status).toBe(403);

    const nobody = new Client(stack.url);
    expect((await nobody.call('POST', '/admin/db/export', {})).status).toBe(401);
    expect((await nobody.call('GET', `/admin/db/export/${ready.id}`)).status).toBe(401);
    expect((await nobody.call('GET', `/admin/db/export/${ready.id}/file`)).status).toBe(401);
  }, 60_000);
});

describe('an export that cannot be made', () => {
  it('says why, in a code and in words, and leaves no file', async () => {
    const wrong = new URL(databaseUrl(shop));
    wrong.password = 'not the password';
    const closed = new URL(databaseUrl(shop));
    closed.port = '1';
    const stack = await Stack.start({ sources: { main: closed.href, locked: wrong.href } });
    try {
      const admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
      const refused = await admin.exportToTheEnd({ database: 'main' });
      expect(refused).toMatchObject({ status: 'failed', file: null, error: { code: 'source_unreachable' } });
      const locked = await admin.exportToTheEnd({ database: 'locked' });
      expect(locked).toMatchObject({ status: 'failed', file: null, error: { code: 'authentication_failed' } });
      expect((await admin.call('GET', `/admin/db/export/${locked.id}/file`)).status).toBe(409);
      expect(await stack.files()).toEqual({ partial: [], finished: [] });
      expect(stack.log).not.toContain('not the password');
    } finally {
      await stack.stop();
    }
  }, 120_000);
});

function fileOf({ file }: Export): NonNullable<Export['file']> {
  if (file === null) throw new Error('The export is ready, but has no file.');
  return file;
}
