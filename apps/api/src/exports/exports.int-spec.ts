import { availableParallelism } from 'node:os';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type Person, RunningApi } from '../testing/running-api.js';

const EXPORTS = '/admin/db/export';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let api: RunningApi;
let admin: Person;
let ops: Person;

beforeAll(async () => {
  api = await RunningApi.start({ EXPORT_DATABASE_URL_SHOP: 'postgres://shop@127.0.0.1:1/shop' });
  [admin, ops] = await Promise.all([api.person('SUPER_ADMIN'), api.person('OPS')]);
});
afterAll(() => api.stop());
beforeEach(() => api.database.sql('DELETE FROM pgexport.exports'));

const ask = (body: object = {}) => api.call('post', EXPORTS, admin).send(body);
const get = (path = '', by = ops) => api.call('get', `${EXPORTS}${path}`, by);

const idsOf = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);

describe('asking for an export', () => {
  it('answers 202 at once, with where to look and when', async () => {
    const { body, headers } = await ask().expect(202);

    expect(headers['location']).toBe(`/api/v1/admin/db/export/${String(body.id)}`);
    expect(headers['retry-after']).toBe('1');
  });

  it('fills in the defaults of the contract', async () => {
    const { body } = await ask();

    expect(body).toEqual({
      id: expect.stringMatching(UUID),
      database: 'main',
      status: 'queued',
      stage: 'waiting',
      progress: {
        percent: 0,
        bytesWritten: 0,
        rowsDone: 0,
        rowsTotal: 0,
        tablesDone: 0,
        tablesTotal: 0,
        currentTable: null,
        etaSeconds: null,
      },
      options: {
        format: 'custom',
        compression: 'zstd',
        compressionLevel: 1,
        jobs: null,
        content: 'all',
        includeSchemas: [],
        excludeSchemas: [],
        includeTables: [],
        excludeTables: [],
        excludeTableData: [],
        noOwner: true,
        noPrivileges: false,
        clean: false,
        maxBytesPerSecond: null,
        verify: 'archive',
        encryptTo: [],
        note: null,
      },
      file: null,
      error: null,
      requestedBy: { id: admin.id, email: admin.email, via: 'session' },
      blocking: null,
      attempts: 0,
      queuePosition: 0,
      createdAt: expect.stringMatching(RFC_3339_UTC),
      startedAt: null,
      finishedAt: null,
    });
  });

  it('asks for the defaults without a body at all', async () => {
    const { body } = await api.call('post', EXPORTS, admin).expect(202);

    expect(body.options.format).toBe('custom');
  });

  it('keeps the options that were given', async () => {
    const options = {
      compression: 'gzip',
      compressionLevel: 9,
      content: 'schema',
      noOwner: false,
      noPrivileges: true,
      note: 'Vor der Umstellung 🐘',
    };

    const { body } = await ask({ database: 'shop', ...options }).expect(202);

    expect(body.database).toBe('shop');
    expect(body.options).toMatchObject(options);
  });

  it.each([
    [{ compressionLevel: 20 }, 'zstd is 1 to 19'],
    [{ compression: 'gzip', compressionLevel: 0 }, 'gzip is 1 to 9'],
    [{ compression: 'none', compressionLevel: 1 }, 'no meaning'],
    [{ jobs: 2 }, 'only a directory has more than one'],
    [{ format: 'directory', maxBytesPerSecond: 1_000_000 }, 'maxBytesPerSecond is not possible'],
    [{ clean: true }, 'clean has no meaning'],
    [{ format: 'plain', verify: 'restore' }, 'format "plain" is not possible'],
    [{ includeSchemas: ['a'], excludeSchemas: ['a'] }, 'in includeSchemas and in excludeSchemas'],
    [{ content: 'schema', excludeTableData: [{ schema: 'public', name: 'x' }] }, 'no rows at all'],
  ])('answers 422 to the options %j, with the reason', async (options, reason) => {
    const { body } = await ask(options).expect(422);

    expect(body.code).toBe('invalid_options');
    expect(body.detail).toContain(reason);
  });

  it('dumps a directory with as many jobs as there are processors, unless told otherwise', async () => {
    const { body: usual } = await ask({ format: 'directory' }).expect(202);
    expect(usual.options).toMatchObject({ format: 'directory', jobs: Math.min(availableParallelism(), 16) });

    const { body: told } = await ask({ format: 'directory', jobs: 3 }).expect(202);
    expect(told.options.jobs).toBe(3);

    await ask({ format: 'directory', jobs: 17 }).expect(400);
  });

  it('answers 400 to a limit under which an export would never end', async () => {
    const { body } = await ask({ maxBytesPerSecond: 65_535 }).expect(400);

    expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('maxBytesPerSecond') });
  });

  it('takes age recipients, and answers 400 to what is none, naming it but never repeating a secret key', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const { body: taken } = await ask({ encryptTo: [recipient] }).expect(202);
    expect(taken.options.encryptTo).toEqual([recipient]);

    const { body: wrong } = await ask({ encryptTo: [recipient, 'age1wrong'] }).expect(400);
    expect(wrong).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringMatching(/encryptTo\.1: "age1wrong"/),
    });

    const secret = await generateX25519Identity();
    const { body: leaked } = await ask({ encryptTo: [secret] }).expect(400);
    expect(leaked.detail).toContain('secret key');
    expect(JSON.stringify(leaked)).not.toContain(secret);

    await ask({ encryptTo: [] }).expect(400);
    await ask({ encryptTo: Array(21).fill(recipient) }).expect(400);
  });

  it('answers 422 to a database that is not configured, naming those that are', async () => {
    const { body } = await ask({ database: 'postgres' }).expect(422);

    expect(body).toMatchObject({ code: 'unknown_database', detail: expect.stringContaining('main, shop') });
  });

  it('counts who waits before it', async () => {
    await ask();
    await ask();

    expect((await ask()).body.queuePosition).toBe(2);
  });
});

describe('the list', () => {
  it('is empty, or newest first', async () => {
    expect((await get()).body).toEqual({ items: [], nextCursor: null });
    const [first, second] = [await api.queued(admin), await api.queued(admin)];

    expect(idsOf((await get()).body)).toEqual([second.id, first.id]);
  });

  it('filters by status, by several, and by database', async () => {
    const queued = await api.queued(admin, { database: 'shop' });
    const running = await api.running(admin);
    const ready = await api.ready(admin, Buffer.from('x'));
    const ids = async (query: string) => idsOf((await get(query).expect(200)).body);

    expect(await ids('?status=running')).toEqual([running.id]);
    expect(await ids('?status=queued,ready')).toEqual([ready.id, queued.id]);
    expect(await ids('?database=shop')).toEqual([queued.id]);
    expect(await ids('?database=shop&status=ready')).toEqual([]);
    expect(await ids('?database=nothing')).toEqual([]);
  });

  it('comes in pages that together are everything once, though new ones arrive meanwhile', async () => {
    const rows = [];
    for (let n = 0; n < 5; n++) rows.push(await api.queued(admin));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await get(`?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`).expect(200);
      seen.push(...idsOf(body));
      cursor = body.nextCursor as string | null;
      await api.queued(admin);
    } while (cursor !== null);

    expect(seen).toEqual(rows.map(({ id }) => id).reverse());
  });

  it('has twenty on a page unless asked otherwise, and a hundred at most', async () => {
    for (let n = 0; n < 21; n++) await api.queued(admin);

    expect((await get()).body.items).toHaveLength(20);
    expect((await get('?limit=100')).body).toMatchObject({ items: { length: 21 }, nextCursor: null });
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=1', 'cursor'],
    ["cursor='%20OR%201=1", 'cursor'],
    ['status=', 'status'],
    ['status=done', 'status'],
    ['status=ready,', 'status'],
    ['database=%00', 'database'],
    ['order=asc', 'order: unknown field'],
  ])('answers 400 to ?%s and names the parameter', async (query, words) => {
    const { body } = await get(`?${query}`).expect(400);

    expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining(words) });
  });
});

describe('the status', () => {
  it('is 304 until something has changed', async () => {
    const { id } = await api.queued(admin);
    const etag = (await get(`/${id}`).expect(200)).headers['etag'] ?? '';

    await get(`/${id}`).set('If-None-Match', etag).expect(304, '');
    await get(`/${id}`).set('If-None-Match', `"other", ${etag}`).expect(304, '');
    await api.call('post', `${EXPORTS}/${id}/cancel`, admin).expect(202);
    await get(`/${id}`).set('If-None-Match', etag).expect(200);
  });

  it('is new when another export leaves the queue before it', async () => {
    const [first, second] = [await api.queued(admin), await api.queued(admin)];
    const { headers, body } = await get(`/${second.id}`);
    expect(body.queuePosition).toBe(1);
    await api.call('post', `${EXPORTS}/${first.id}/cancel`, admin);

    const again = await get(`/${second.id}`)
      .set('If-None-Match', headers['etag'] ?? '')
      .expect(200);

    expect(again.body.queuePosition).toBe(0);
  });

  it('shows the file when it is ready, and never where it is kept', async () => {
    const { id } = await api.ready(admin, Buffer.from('PGDMP'));

    const { body } = await get(`/${id}`);

    expect(body).toMatchObject({ status: 'ready', stage: 'done', finishedAt: expect.stringMatching(RFC_3339_UTC) });
    expect(body.file).toEqual({
      name: 'main-2026-11-23T021500Z.dump.zst',
      sizeBytes: 5,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      expiresAt: expect.stringMatching(RFC_3339_UTC),
      restoreCommand: 'pg_restore --dbname=TARGET FILE',
      requires: [],
      proof: null,
    });
  });

  it('is kept in no shared cache', async () => {
    const { id } = await api.queued(admin);

    expect((await get(`/${id}`)).headers['cache-control']).toBe('private, no-cache');
    expect((await get()).headers['cache-control']).toBe('private, no-cache');
  });
});

describe('cancel', () => {
  const cancel = (id: string) => api.call('post', `${EXPORTS}/${id}/cancel`, admin);

  it('ends a waiting export at once', async () => {
    const { id } = await api.queued(admin);

    expect((await cancel(id).expect(202)).body.status).toBe('cancelled');
  });

  it('tells the worker of a running one, however often it is asked', async () => {
    const { id } = await api.running(admin);

    expect((await cancel(id).expect(202)).body.status).toBe('running');
    await cancel(id).expect(202);
    expect((await api.row(id)).cancelRequestedAt).not.toBeNull();
  });

  it('answers 409 once the export is final', async () => {
    const { id } = await api.queued(admin);
    await cancel(id);

    expect((await cancel(id).expect(409)).body.code).toBe('not_cancellable');
    const ready = await api.ready(admin, Buffer.from('x'));
    expect((await cancel(ready.id).expect(409)).body.detail).toContain('ready');
  });
});

describe('delete', () => {
  const remove = (id: string) => api.call('delete', `${EXPORTS}/${id}`, admin);

  it('makes a ready export deleted, and may be asked again', async () => {
    const { id } = await api.ready(admin, Buffer.from('x'));

    await remove(id).expect(204, '');
    await remove(id).expect(204, '');
    expect((await get(`/${id}`)).body.status).toBe('deleted');
  });

  it('leaves other final states as they are', async () => {
    const { id } = await api.queued(admin);
    await api.call('post', `${EXPORTS}/${id}/cancel`, admin);

    await remove(id).expect(204);
    expect((await get(`/${id}`)).body.status).toBe('cancelled');
  });

  it('answers 409 while the export waits or runs', async () => {
    for (const { id } of [await api.queued(admin), await api.running(admin)]) {
      expect((await remove(id).expect(409)).body.code).toBe('not_deletable');
    }
  });
});
