import { type Person, RunningApi } from '../testing/running-api.js';

const EXPORTS = '/admin/db/export';
const MOST = 3;

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start({ EXPORT_MAX_QUEUED: String(MOST) });
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.sql('DELETE FROM pgexport.exports');
  await api.database.sql('DELETE FROM pgexport.idempotency_keys');
});

const ask = (body: object = {}, by = admin) => api.call('post', EXPORTS, by).send(body);
const withKey = (key: string, body: object = {}, by = admin) => ask(body, by).set('Idempotency-Key', key);

async function count(): Promise<number> {
  const [row] = await api.database.sql('SELECT count(*)::int AS n FROM pgexport.exports');
  return row?.['n'] as number;
}

describe('a full queue', () => {
  it('answers 429 with the time to wait', async () => {
    for (let n = 0; n < MOST; n++) await ask().expect(202);

    const { body, headers } = await ask().expect(429);

    expect(body.code).toBe('queue_full');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it('takes no more than its limit when all ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));

    expect(answers.filter(({ status }) => status === 202)).toHaveLength(MOST);
    expect(await count()).toBe(MOST);
  });

  it('counts the waiting ones alone', async () => {
    for (let n = 0; n < MOST; n++) await api.running(admin);

    await ask().expect(202);
  });
});

describe('the same Idempotency-Key', () => {
  it('and body give the same export, also when its defaults are written out', async () => {
    const first = await withKey('key-1', { note: 'a' }).expect(202);
    const again = await withKey('key-1', { note: 'a', database: 'main', format: 'custom', noOwner: true }).expect(202);

    expect(again.body.id).toBe(first.body.id);
    expect(again.headers['location']).toBe(first.headers['location']);
    expect(await count()).toBe(1);
  });

  it('with another body is a conflict', async () => {
    await withKey('key-1', { note: 'a' }).expect(202);

    expect((await withKey('key-1', { note: 'b' }).expect(409)).body.code).toBe('idempotency_conflict');
    expect(await count()).toBe(1);
  });

  it('sent fifty times at once gives one export', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => withKey('key-1')));

    expect(new Set(answers.map(({ status, body }) => `${String(status)} ${String(body.id)}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    expect(await count()).toBe(1);
  });

  it('gives the export that it stands for also when the queue is full', async () => {
    const { body } = await withKey('key-1');
    for (let n = 1; n < MOST; n++) await ask().expect(202);

    const answers = await Promise.all(Array.from({ length: 20 }, () => withKey('key-1')));

    expect(new Set(answers.map((answer) => answer.body.id as string))).toEqual(new Set([body.id]));
    await ask().expect(429);
  });

  it('may be used again for what a full queue refused', async () => {
    for (let n = 0; n < MOST; n++) await ask();
    await withKey('key-1').expect(429);
    await api.database.sql('DELETE FROM pgexport.exports');

    await withKey('key-1').expect(202);
  });

  it('of another caller is another key', async () => {
    const other = await api.person('SUPER_ADMIN');

    expect((await withKey('key-1', {}, other)).body.id).not.toBe((await withKey('key-1')).body.id);
  });

  it('is forgotten after a day', async () => {
    const { body } = await withKey('key-1', { note: 'a' });
    const age = (hours: number) =>
      api.database.sql(`UPDATE pgexport.idempotency_keys SET created_at = now() - make_interval(hours => $1)`, [hours]);

    await age(23);
    expect((await withKey('key-1', { note: 'a' })).body.id).toBe(body.id);
    await age(25);
    expect((await withKey('key-1', { note: 'b' }).expect(202)).body.id).not.toBe(body.id);
  });

  it.each(['', 'a b', 'é', 'x'.repeat(256)])('has to be visible ASCII: "%s" is 400', async (key) => {
    const { body } = await withKey(Buffer.from(key).toString('latin1')).expect(400);

    expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('Idempotency-Key') });
    expect(await count()).toBe(0);
  });
});

// The last one: Passport has one list of strategies a process, so the second application takes the first one's place.
describe('EXPORTS_ENABLED=false', () => {
  it('refuses new exports in words, and goes on showing the old ones', async () => {
    const off = await api.beside({ EXPORTS_ENABLED: 'false' });
    try {
      const { body } = await off.call('post', EXPORTS, admin).expect(503);
      expect(body).toMatchObject({ code: 'exports_disabled', detail: expect.stringContaining('EXPORTS_ENABLED') });
      await off.call('get', EXPORTS, admin).expect(200);
    } finally {
      await off.leave();
    }
  });
});
