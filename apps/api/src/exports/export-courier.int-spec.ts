import { ExportLedger, RunLedger, UserDirectory } from '#lib/database';
import type { Caller } from '#lib/domain';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';
import { ExportCourier } from './export-courier.js';

const BYTES = Buffer.from('a whole database');
const EXPORTS = '/admin/db/export';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());
beforeEach(() => api.database.sql('DELETE FROM pgexport.exports'));

interface Wish {
  by?: Person;
  key?: string;
  url?: string;
  signal?: AbortSignal;
}

/** A client that asks for the file itself. */
function ask({ by = admin, key, url = api.url, signal }: Wish = {}): Promise<Response> {
  return fetch(`${url}/api/v1${EXPORTS}`, {
    method: 'POST',
    headers: {
      Authorization: by.bearer,
      Accept: 'application/octet-stream',
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
    signal: signal ?? null,
  });
}

/** The export that a request has made. */
async function made(): Promise<string> {
  let id: string | undefined;
  await until('the export is written down', async () => {
    id = (await api.app.get(ExportLedger).page({ limit: 1 }))[0]?.id;
    return id !== undefined;
  });
  return id!;
}

async function claimed(): Promise<string> {
  const id = await made();
  await api.claim(id);
  return id;
}

async function problemOf(answer: Promise<Response>) {
  const { status, headers, ...rest } = await answer.then(async (one) => ({
    status: one.status,
    headers: one.headers,
    body: (await one.json()) as { code: string; detail: string },
  }));
  return { status, code: rest.body.code, detail: rest.body.detail, location: headers.get('location') };
}

const locationOf = (id: string) => `/api/v1${EXPORTS}/${id}`;

describe('the synchronous form', () => {
  it('answers with the file itself, as GET does, and says where its export is', async () => {
    const answer = ask();
    const id = await claimed();
    await api.finish(id, BYTES);
    const { status, headers } = await answer;
    const get = await fetch(`${api.url}${locationOf(id)}/file`, { headers: { Authorization: admin.bearer } });
    const own = ['date', 'x-correlation-id', 'connection', 'keep-alive', 'location'];
    const shared = (all: Headers) => Object.fromEntries([...all].filter(([name]) => !own.includes(name)));

    expect(status).toBe(200);
    expect(shared(headers)).toEqual(shared(get.headers));
    expect(headers.get('location')).toBe(locationOf(id));
    expect(Buffer.from(await (await answer).arrayBuffer())).toEqual(BYTES);
  });

  it('gives everybody else the export at once', async () => {
    for (const accept of ['*/*', 'application/json', 'application/json, application/octet-stream;q=0.5']) {
      const { body, headers } = await api.call('post', EXPORTS, admin).set('Accept', accept).expect(202);
      expect(headers['location']).toBe(locationOf(String(body.id)));
    }
  });

  it('asks for the right to download before it makes anything', async () => {
    const { id: userId, email } = admin;
    const caller: Caller = {
      userId,
      email,
      role: 'OPS',
      sessionId: userId,
      steppedUpAt: new Date(),
      via: 'session',
      scopes: null,
      enrolmentDue: false,
    };
    const errand = { caller, body: { database: 'main' }, idempotencyKey: undefined };
    const delivery = api.app.get(ExportCourier).deliver({} as never, {} as never, errand);

    await expect(delivery).rejects.toMatchObject({ code: 'forbidden' });
    expect(await api.app.get(ExportLedger).page({ limit: 1 })).toEqual([]);
  });

  it('answers 502 when the export fails, with the code and the words of the failure', async () => {
    const answer = problemOf(ask());
    const id = await claimed();
    const error = { code: 'lock_timeout', message: 'A table stayed locked.', detail: null } as const;
    await api.app.get(RunLedger).fail(await api.runOf(id), error);

    expect(await answer).toEqual({
      status: 502,
      code: 'export_failed',
      detail: 'lock_timeout: A table stayed locked.',
      location: locationOf(id),
    });
  });

  it('answers 409 when somebody cancels it', async () => {
    const answer = problemOf(ask());
    const id = await made();
    await api.call('post', `${EXPORTS}/${id}/cancel`, admin).expect(202);

    expect(await answer).toMatchObject({ status: 409, code: 'export_cancelled', location: locationOf(id) });
  });

  it('answers 410 when the file has gone', async () => {
    const wish = { key: 'gone' };
    const answer = ask(wish);
    const id = await claimed();
    const row = await api.finish(id, BYTES);
    await (await answer).arrayBuffer();
    await rm(join(api.config.storageDir, row.file?.key ?? ''));

    expect(await problemOf(ask(wish))).toMatchObject({ status: 410, code: 'gone' });
  });

  it('goes on waiting while the export is put back and run again', async () => {
    const answer = ask();
    const id = await claimed();
    await api.app.get(RunLedger).putBack(await api.runOf(id), { delaySeconds: 0, counted: true });
    await api.claim(id);
    await api.finish(id, BYTES);

    expect((await answer).status).toBe(200);
  });
});

describe('a client that leaves', () => {
  const leave = async (wish: Wish = {}) => {
    const leaving = new AbortController();
    const answer = ask({ ...wish, signal: leaving.signal }).catch(() => 'left');
    const id = await made();
    return {
      id,
      go: async () => {
        const before = api.log.length;
        leaving.abort();
        expect(await answer).toBe('left');
        await until('the request has ended', () => api.log.slice(before).some((line) => line.includes('aborted')));
      },
    };
  };

  it('cancels its export while it waits', async () => {
    const { id, go } = await leave();
    await go();

    await until('the export is cancelled', async () => (await api.row(id)).status === 'cancelled');
  });

  it('cancels its export while it runs', async () => {
    const { id, go } = await leave({ key: 'alone' });
    await api.claim(id);
    await go();

    await until('the cancel is asked for', async () => (await api.row(id)).cancelRequestedAt !== null);
  });

  it('leaves an export alone that another request asked for first', async () => {
    const first = await api.call('post', EXPORTS, admin).set('Idempotency-Key', 'first').expect(202);
    const { id, go } = await leave({ key: 'first' });
    await until('the second request has come', () => api.app.get(ExportLedger).isRepeated(admin.id, 'first'));
    await go();
    await api.claim(id);
    const last = ask({ key: 'first' });
    await api.finish(id, BYTES);

    expect(id).toBe(first.body.id);
    expect((await last).status).toBe(200);
  });

  it('leaves an export alone that another request has been given too', async () => {
    const { id, go } = await leave({ key: 'shared' });
    const other = ask({ key: 'shared' });
    await until('the other request has come', () => api.app.get(ExportLedger).isRepeated(admin.id, 'shared'));
    await go();
    await api.claim(id);
    await api.finish(id, BYTES);

    expect((await other).status).toBe(200);
  });

  it('leaves the file there when it has begun to come', async () => {
    const answer = ask();
    const id = await claimed();
    await api.finish(id, BYTES);
    await (await answer).body?.cancel();

    expect(await api.row(id)).toMatchObject({ status: 'ready', cancelRequestedAt: null });
  });
});

describe('a caller who may no more', () => {
  it.each<[string, number, (by: Person) => Promise<unknown>]>([
    ['has signed out', 401, (by) => api.call('post', '/auth/logout', by)],
    ['is switched off', 401, (by) => api.app.get(UserDirectory).change(by.id, { disabled: true })],
    ['is demoted', 403, (by) => api.app.get(UserDirectory).change(by.id, { role: 'OPS' })],
  ])('gets no file: who %s', async (_, status, change) => {
    const by = await api.person('SUPER_ADMIN');
    const answer = problemOf(ask({ by }));
    const id = await claimed();
    await change(by);
    await api.finish(id, BYTES);

    expect((await answer).status).toBe(status);
    expect((await api.row(id)).status).toBe('ready');
  });

  it('is told soon, not when the export is ready', async () => {
    const by = await api.person('SUPER_ADMIN');
    const answer = problemOf(ask({ by }));
    const id = await claimed();
    await api.call('post', '/auth/logout', by);

    expect((await answer).status).toBe(401);
    expect((await api.row(id)).cancelRequestedAt).toBeNull();
  });
});

// The last one: passport is one for the whole process, and knows the newest application alone.
it('a server that shuts down says where the export goes on', async () => {
  const other = await api.beside();
  const answer = problemOf(ask({ url: other.url }));
  const id = await made();
  await other.app.close();

  expect(await answer).toMatchObject({ status: 503, code: 'shutting_down', location: locationOf(id) });
  expect((await api.row(id)).status).toBe('queued');
});
