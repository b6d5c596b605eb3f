import { ExportChanges, ExportLedger, LISTENER_NAME, RunLedger } from '#lib/database';
import { NO_PROGRESS } from '#lib/domain';
import { jest } from '@jest/globals';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

let api: RunningApi;
let admin: Person;
let ops: Person;
let id: string;
let etag: string;

beforeAll(async () => {
  api = await RunningApi.start();
  [admin, ops] = await Promise.all([api.person('SUPER_ADMIN'), api.person('OPS')]);
  // Changes are heard from the first wait on, which then looks again in any case.
  ({ id } = await api.running(admin));
  etag = (await poll({})).headers.get('etag') ?? '';
  await wait(1);
  await until('changes are heard', () => api.app.get(ExportChanges).isListening);
});
afterAll(() => api.stop());
beforeEach(async () => {
  ({ id } = await api.running(admin));
  etag = (await poll({})).headers.get('etag') ?? '';
});
afterEach(() => jest.restoreAllMocks());

function poll(headers: Record<string, string>, { by = ops, url = api.url, signal = null as AbortSignal | null } = {}) {
  return fetch(`${url}/api/v1/admin/db/export/${id}`, { headers: { Authorization: by.bearer, ...headers }, signal });
}

/** A client that waits for a change. */
const wait = (seconds = 30, options: Parameters<typeof poll>[1] = {}) =>
  poll({ 'If-None-Match': etag, Prefer: `wait=${String(seconds)}` }, options);

let reports = 0;
/** A report that says something new each time; one that does not is no change. */
const report = async (percent = 1) => {
  reports += 1;
  return api.app.get(RunLedger).report(await api.runOf(id), 'dumping', { ...NO_PROGRESS, percent, rowsDone: reports });
};

const watchReads = () => jest.spyOn(api.app.get(ExportLedger), 'findPlacedAmong');

/** Resolves when a wait has begun: it has read the export. */
async function begun<T>(answer: Promise<T>): Promise<{ answer: Promise<T> }> {
  const reads = watchReads();
  await until('the wait has begun', async () => {
    await Promise.all(reads.mock.results.map(({ value }) => value as Promise<unknown>));
    return reads.mock.calls.length > 0;
  });
  return { answer };
}

async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return (performance.now() - from) / 1_000;
}

describe('at once', () => {
  it.each([
    ['no If-None-Match', { Prefer: 'wait=30' }, 200],
    ['another tag', { Prefer: 'wait=30', 'If-None-Match': '"999999-0"' }, 200],
    ['a tag that is none of ours', { Prefer: 'wait=30', 'If-None-Match': '"hello"' }, 200],
  ])('answers %s', async (_, headers, status) => {
    expect((await poll(headers as unknown as Record<string, string>)).status).toBe(status);
  });

  it.each(['wait=0', 'wait=61', 'wait=soon', 'respond-async'])(
    'answers Prefer: %s, which it ignores',
    async (prefer) => {
      const answer = await poll({ 'If-None-Match': etag, Prefer: prefer });

      expect(answer.status).toBe(304);
      expect(answer.headers.get('preference-applied')).toBeNull();
    },
  );

  it('answers 304 also to a browser, which says no-cache whenever a script sets If-None-Match', async () => {
    expect((await poll({ 'If-None-Match': etag, 'Cache-Control': 'no-cache' })).status).toBe(304);
    expect((await poll({ 'If-None-Match': `W/${etag}, "other"` })).status).toBe(304);
  });

  it('answers HEAD, which waits for nothing', async () => {
    const headers = { Authorization: ops.bearer, 'If-None-Match': etag, Prefer: 'wait=60' };
    const answer = await fetch(`${api.url}/api/v1/admin/db/export/${id}`, { method: 'HEAD', headers });

    expect([answer.status, answer.headers.get('etag')]).toEqual([304, etag]);
  });

  it('answers what is not there, and who may not ask', async () => {
    const unknown = '01900000-0000-7000-8000-000000000000';
    const there = id;
    id = unknown;
    expect((await wait()).status).toBe(404);
    id = there;
    expect((await wait(30, { by: { ...ops, bearer: 'Bearer nobody' } })).status).toBe(401);
  });
});

describe('waiting', () => {
  it('answers on the next change, with the new state', async () => {
    const { answer } = await begun(wait());
    await report(12);
    const changed = await answer;

    expect(changed.status).toBe(200);
    expect(changed.headers.get('preference-applied')).toBe('wait=30');
    expect(changed.headers.get('etag')).not.toBe(etag);
    expect(await changed.json()).toMatchObject({ id, progress: { percent: 12 } });
  });

  it('answers on the end of the export', async () => {
    const { answer } = await begun(wait());
    await api.finish(id, Buffer.from('x'));

    expect(await (await answer).json()).toMatchObject({ status: 'ready' });
  });

  it('answers 304 when nothing changes for so long, with the same tag', async () => {
    let answer: Response | null = null;
    const took = await secondsOf(async () => (answer = await wait(1)));

    expect(took).toBeGreaterThan(0.9);
    expect(answer!.status).toBe(304);
    expect(answer!.headers.get('etag')).toBe(etag);
    expect(answer!.headers.get('preference-applied')).toBe('wait=1');
  });

  it('answers when the place in the queue changes, though the export itself does not', async () => {
    const before = await api.queued(admin);
    ({ id } = await api.queued(admin));
    etag = (await poll({})).headers.get('etag') ?? '';
    // Less than the 15 seconds after which it is looked at in any case.
    const { answer } = await begun(wait(10));
    await api.claim(before.id);

    expect(await (await answer).json()).toMatchObject({ status: 'queued', queuePosition: 0 });
  });

  it('answers at most once a second, though the export changes all the time', async () => {
    const stop = new AbortController();
    const changing = (async () => {
      while (!stop.signal.aborted) await report();
    })();
    let answers = 0;
    const took = await secondsOf(async () => {
      for (; answers < 4; answers += 1) etag = (await wait()).headers.get('etag') ?? '';
    });
    stop.abort();
    await changing;

    // The first may come at once.
    expect(took).toBeGreaterThan(2.5);
  });

  it('reads less than once a second for a thousand clients that wait', async () => {
    const reads = watchReads();
    const stop = new AbortController();
    const clients = Array.from({ length: 1_000 }, async () => {
      const { status } = await wait(60, { signal: stop.signal });
      return status;
    });
    await until('the first has begun', () => reads.mock.calls.length > 0);
    const from = performance.now();
    await report();

    expect(new Set(await Promise.all(clients))).toEqual(new Set([200]));
    // One to know the state, one for the change; the others come every second.
    expect(reads.mock.calls.length).toBeLessThan(2 + (performance.now() - from) / 1_000);
  });

  it('is freed when the client leaves', async () => {
    const leaving = new AbortController();
    const { answer } = await begun(wait(60, { signal: leaving.signal }).catch(() => 'left'));
    leaving.abort();
    expect(await answer).toBe('left');
    const reads = watchReads().mockClear();
    await until('the request has ended', () => api.log.some((line) => line.includes('request aborted')));
    await report();

    expect(reads.mock.calls).toHaveLength(0);
  });

  it('ends when the caller signs out meanwhile', async () => {
    const leaver = await api.person('OPS');
    const { answer } = await begun(wait(60, { by: leaver }));
    await api.call('post', '/auth/logout', leaver).expect(204);

    expect((await answer).status).toBe(401);
  });

  it('hears of what happened while the connection that listens was lost', async () => {
    const { answer } = await begun(wait(60));
    await api.database.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2`,
      [LISTENER_NAME, api.database.name],
    );
    await report(33);
    const took = await secondsOf(() => answer);

    expect(await (await answer).json()).toMatchObject({ progress: { percent: 33 } });
    // Not only by the look that is taken in any case, after 15 seconds.
    expect(took).toBeLessThan(10);
  });

  // The last one: passport is one for the whole process, and knows the newest application alone.
  it('ends at once when the server shuts down', async () => {
    const other = await api.beside();
    const reads = jest.spyOn(other.app.get(ExportLedger), 'findPlacedAmong');
    const answer = wait(60, { url: other.url });
    await until('the wait has begun', () => reads.mock.calls.length > 0);
    const took = await secondsOf(() => other.app.close());

    expect((await answer).status).toBe(304);
    expect((await answer).headers.get('connection')).toBe('close');
    expect(took).toBeLessThan(5);
  });
});
