import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RunLedger, UserDirectory } from '#lib/database';
import { NO_PROGRESS } from '#lib/domain';
import { LastingAnswers } from '../access/lasting-answers.js';
import { memoryInUse } from '../testing/memory-in-use.js';
import { OpenAnswer } from '../testing/open-answer.js';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

const MB = 1 << 20;

let api: RunningApi;
let admin: Person;
let ops: Person;
let id: string;
let open: OpenAnswer[] = [];

beforeAll(async () => {
  api = await RunningApi.start();
  [admin, ops] = await Promise.all([api.person('SUPER_ADMIN'), api.person('OPS')]);
});
afterAll(() => api.stop());
beforeEach(async () => {
  ({ id } = await api.running(admin));
});
afterEach(() => {
  open.forEach((answer) => answer.leave());
  open = [];
});

async function follow(headers: Record<string, string> = {}, { by = ops, url = api.url, method = 'GET' } = {}) {
  const path = `${url}/api/v1/admin/db/export/${id}/events`;
  const answer = await OpenAnswer.to(path, { Authorization: by.bearer, ...headers }, method);
  open.push(answer);
  return answer;
}

const report = async (percent: number) =>
  api.app.get(RunLedger).report(await api.runOf(id), 'dumping', { ...NO_PROGRESS, percent });

describe('the events of an export', () => {
  it('leave nothing behind of a stream that waited behind another one on the same connection', async () => {
    const answers = (api.app.get<unknown>(LastingAnswers) as { open: Set<unknown> }).open;
    await until('earlier ones are over', () => answers.size === 0);
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    const path = `/api/v1/admin/db/export/${id}/events`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${ops.bearer}\r\n\r\n`.repeat(2));
    await until('both are open', () => answers.size === 2);
    // The first one is the last answer of its connection.
    await api.finish(id, Buffer.from('x'));

    await until('nobody is answered any more', () => answers.size === 0);
  });

  it('come unbuffered, in no cache, and begin with the state as it is', async () => {
    const stream = await follow();
    const [first] = await stream.eventCount(1);
    const { body, headers } = await api.call('get', `/admin/db/export/${id}`, ops);

    expect(stream.message.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(first).toEqual({ event: 'export', id: headers['etag']?.slice(1, -1), data: body });
  });

  it('tell of each change, each with an id of its own, and end at the final state', async () => {
    const stream = await follow();
    await stream.eventCount(1);
    await report(50);
    await stream.eventCount(2);
    await api.finish(id, Buffer.from('x'));
    await stream.end();

    const seen = stream.events.map(({ data }) => [data['status'], (data['progress'] as { percent: number }).percent]);
    expect(seen).toEqual([
      ['running', 0],
      ['running', 50],
      ['ready', 100],
    ]);
    expect(new Set(stream.events.map((event) => event.id)).size).toBe(3);
    expect(stream.message.complete).toBe(true);
  });

  it('end at once when the state is final', async () => {
    await api.app.get(RunLedger).cancel(await api.runOf(id));
    const stream = await follow();
    await stream.end();

    expect(stream.events.map(({ data }) => data['status'])).toEqual(['cancelled']);
  });

  it('leave out the first state for a client that says it has it', async () => {
    const [{ id: last } = { id: '' }] = await (await follow()).eventCount(1);
    const stream = await follow({ 'Last-Event-ID': last });
    await report(7);
    await stream.eventCount(1);

    expect(stream.events.map(({ data }) => data['progress'])).toEqual([{ ...NO_PROGRESS, percent: 7 }]);
  });

  it('end also for a client that has the final state already', async () => {
    await api.finish(id, Buffer.from('x'));
    const first = await follow();
    await first.end();
    const stream = await follow({ 'Last-Event-ID': first.events[0]!.id });
    await stream.end();

    expect([stream.message.statusCode, stream.text]).toEqual([200, '']);
  });

  it('begin with the state for a client that has an older one', async () => {
    const stream = await follow({ 'Last-Event-ID': '0-0' });

    expect((await stream.eventCount(1))[0]?.id).not.toBe('0-0');
  });

  it('go on after the database was away', async () => {
    const stream = await follow();
    await stream.eventCount(1);
    await api.database.shut();
    await api.database.open();
    await until('a report is taken again', () =>
      report(66)
        .catch(() => false)
        .then(Boolean),
    );
    await stream.eventCount(2);

    expect(stream.events[1]?.data['progress']).toMatchObject({ percent: 66 });
  });

  it('are a problem for what is not there, and headers alone for HEAD', async () => {
    const head = await follow({}, { method: 'HEAD' });
    await head.end();
    expect([head.message.statusCode, head.message.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    id = '01900000-0000-7000-8000-000000000000';
    const stream = await follow();
    await stream.end();

    expect(stream.message.statusCode).toBe(404);
    expect(JSON.parse(stream.text)).toMatchObject({ code: 'not_found' });
  });
});

describe('the right to follow', () => {
  const endOf = async (by: Person, change: () => Promise<unknown>) => {
    const [stream, other] = [await follow({}, { by }), await follow()];
    await Promise.all([stream.eventCount(1), other.eventCount(1)]);
    await change();
    const from = performance.now();
    await stream.end();

    expect(performance.now() - from).toBeLessThan(5_000);
    expect(other.ended).toBe(false);
  };

  it('ends with a sign-out', async () => {
    const by = await api.person('OPS');
    await endOf(by, () => api.call('post', '/auth/logout', by).expect(204));
  });

  it('ends when the account is switched off', async () => {
    const by = await api.person('OPS');
    await endOf(by, () => api.app.get(UserDirectory).change(by.id, { disabled: true }));
  });

  it('goes on for a SUPER_ADMIN who is demoted to OPS, which may follow too', async () => {
    const by = await api.person('SUPER_ADMIN');
    const leaver = await api.person('OPS');
    const stream = await follow({}, { by });
    await endOf(leaver, async () => {
      await api.app.get(UserDirectory).change(by.id, { role: 'OPS' });
      await api.call('post', '/auth/logout', leaver);
    });

    expect(stream.ended).toBe(false);
  });
});

it('a thousand open streams cost little memory', async () => {
  const before = memoryInUse().total;
  // In a process of its own, so that this one's memory is the server's alone.
  const crowd = spawn(process.execPath, [join(import.meta.dirname, '../testing/crowd-of-streams.ts')], {
    env: { URL: `${api.url}/api/v1/admin/db/export/${id}/events`, AUTHORIZATION: ops.bearer, COUNT: '1000' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const everyone = createInterface({ input: crowd.stdout })[Symbol.asyncIterator]();
    expect(await everyone.next()).toMatchObject({ value: '1' });
    await report(3);
    expect(await everyone.next()).toMatchObject({ value: '2' });

    expect((memoryInUse().total - before) / MB).toBeLessThan(50);
  } finally {
    crowd.kill();
  }
});

// The last one: passport is one for the whole process, and knows the newest application alone.
it('streams end at once when the server shuts down', async () => {
  const other = await api.beside();
  const stream = await follow({}, { url: other.url });
  await stream.eventCount(1);
  const from = performance.now();
  await other.app.close();
  await stream.end();

  expect(performance.now() - from).toBeLessThan(5_000);
  expect(stream.message.complete).toBe(true);
});
