import { type AuditFilter, AuditLedger } from '#lib/database';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

let api: RunningApi;
let admin: Person;

/** As many as a busy year leaves; more take longer to make than to search. */
const ROWS = 100_000;
const START = Date.UTC(2026, 0, 1);
const SECONDS_APART = 30;
/** More than the buffers of a connection hold, as NDJSON. */
const MANY = 40_000;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
  // Every tenth is by ops, one in ten thousand was refused, and accounts were made in the first days alone.
  await api.database.sql(
    `INSERT INTO pgexport.audit_events (seq, at, action, outcome, user_id, email, via, details, hash)
     SELECT 1000 + n, to_timestamp($2::float8 / 1000 + n * $3::int),
            CASE WHEN n < 1000 AND n % 100 = 1 THEN 'account.create' WHEN n % 3 = 0 THEN 'login' ELSE 'download' END,
            CASE WHEN n % 10000 = 7 THEN 'refused' WHEN n % 2 = 0 THEN 'asked' ELSE 'completed' END,
            gen_random_uuid(), CASE WHEN n % 10 = 0 THEN 'ops@example.com' ELSE 'boss@example.com' END, 'session',
            '{"n":' || n || '}', md5(n::text)
       FROM generate_series(1, $1::int) AS n`,
    [ROWS, START, SECONDS_APART],
  );
  await api.database.sql('ANALYZE pgexport.audit_events');
}, 120_000);
afterAll(() => api.stop());

interface Item {
  seq: number;
  at: string;
  action: string;
  outcome: string;
  actor: { email: string } | null;
}

async function page(query: string): Promise<{ items: Item[]; nextCursor: string | null }> {
  const { body } = await api.call('get', `/admin/audit?${query}`, admin).expect(200);
  return body as { items: Item[]; nextCursor: string | null };
}
const numbers = async (query: string) => (await page(query)).items.map(({ seq }) => seq - 1000);
const at = (n: number) => new Date(START + n * SECONDS_APART * 1_000).toISOString();

it('finds what was done, what came of it, and who did it, newest first', async () => {
  expect(await numbers('action=account.create&limit=3')).toEqual([901, 801, 701]);
  const { items } = await page('action=login,account.create&outcome=refused,completed&actor=OPS@example.com&limit=50');
  expect(items).toHaveLength(0);
  const [one] = (await page('action=login,download&outcome=asked&actor=OPS@example.com&limit=1')).items;
  expect(one).toMatchObject({ outcome: 'asked', actor: { email: 'ops@example.com' } });
  expect(await numbers('actor=nobody@example.com')).toEqual([]);
});

it('finds a stretch of time: from its first instant, up to but not with its last', async () => {
  const shifted = at(14).replace('Z', '+00:00');
  expect(await numbers(`from=${at(10)}&to=${encodeURIComponent(shifted)}`)).toEqual([13, 12, 11, 10]);
  expect(await numbers(`to=${at(3)}&from=0000-01-01T00:00:00Z`)).toEqual([2, 1]);
  expect(await numbers('from=9999-01-01T00:00:00Z')).toEqual([]);
});

it('goes through its pages without a gap and without repeating', async () => {
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const query = `action=account.create&to=${at(500)}&limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
    const { items, nextCursor } = await page(query);
    seen.push(...items.map(({ seq }) => seq - 1000));
    cursor = nextCursor;
  } while (cursor !== null);

  expect(seen).toEqual([401, 301, 201, 101, 1]);
});

it('has what came late into the chain at its instant, once, also where a page ends', async () => {
  const late = { seq: 2_000_000, at: new Date(START + 12.5 * SECONDS_APART * 1_000) };
  await api.database.sql(
    `INSERT INTO pgexport.audit_events (seq, at, action, outcome, details, hash)
     VALUES ($1, $2, 'refusals', 'refused', '{}', 'x')`,
    [late.seq, late.at],
  );
  const query = `from=${at(10)}&to=${at(15)}&limit=2`;
  const first = await page(query);
  const second = await page(`${query}&cursor=${String(first.nextCursor)}`);
  const third = await page(`${query}&cursor=${String(second.nextCursor)}`);

  const seqs = [first, second, third].flatMap(({ items }) => items.map(({ seq }) => seq - 1000));
  expect(seqs).toEqual([14, 13, late.seq - 1000, 12, 11, 10]);
  expect(third.nextCursor).toBeNull();
});

it('streams as NDJSON what the filters let through, and writes down which they were', async () => {
  const answer = await fetch(
    `${api.url}/api/v1/admin/audit?action=account.create&actor=boss@example.com&to=${at(500)}`,
    {
      headers: { authorization: admin.bearer, accept: 'application/x-ndjson' },
    },
  );
  const lines = (await answer.text()).trim().split('\n');

  expect(lines.map((line) => (JSON.parse(line) as Item).seq - 1000)).toEqual([401, 301, 201, 101, 1]);
  const [asked] = (await page('action=audit.export&outcome=asked')).items;
  expect(asked).toMatchObject({ details: { actions: ['account.create'], actor: 'boss@example.com' } });
});

it('keeps some of the trail in memory, not all of it, for a client that does not read, and goes on when it does', async () => {
  const accepted = once(api.app.getHttpServer(), 'connection') as Promise<[Socket]>;
  const client = connect(Number(new URL(api.url).port), '127.0.0.1').pause();
  const [near] = await accepted;
  const headers = `Host: a\r\nAuthorization: ${admin.bearer}\r\nAccept: application/x-ndjson\r\nConnection: close\r\n\r\n`;
  client.write(`GET /api/v1/admin/audit?cursor=${String(1001 + MANY)} HTTP/1.1\r\n${headers}`);
  let written = 0;
  let checks = 0;
  await until(
    'the server writes no more',
    () => {
      checks = near.writableNeedDrain && near.bytesWritten === written ? checks + 1 : 0;
      written = near.bytesWritten;
      return checks === 50;
    },
    40_000,
  );
  // What the kernel has taken for both sides is no memory of ours.
  expect(near.writableLength).toBeLessThan(2_000_000);

  let lines = 0;
  let received = 0;
  client.on('data', (chunk: Buffer) => {
    received += chunk.length;
    lines += chunk.toString('latin1').split('\n').length - 1;
  });
  const end = once(client, 'end');
  client.resume();
  await end;
  expect(lines).toBeGreaterThan(MANY);
  expect(written).toBeLessThan(received / 2);
});

it.each([
  ['action=nothing', 'action'],
  ['action=', 'action'],
  ['outcome=done,', 'outcome'],
  ['from=yesterday', 'from'],
  ['from=2026-02-30T00:00:00Z', 'from'],
  ['to=2026-01-01', 'to'],
  ['to=2026-01-01T00:00:00', 'to'],
  ['actor=%00', 'actor'],
  ['actor=a&actor=b', 'actor'],
  ['result=done', 'result: unknown field'],
])('refuses %s and names it', async (query, words) => {
  const { body } = await api.call('get', `/admin/audit?${query}`, admin).expect(400);

  expect(body.detail).toContain(words);
});

interface Plan {
  'Node Type': string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Plan[];
}

/** How many rows of the trail a question makes the server look at. */
async function rowsLookedAt(filter: AuditFilter, before: number | null): Promise<number> {
  const source = api.app.get(DataSource);
  const asked: { sql: string; parameters: unknown[] }[] = [];
  const { logger } = source;
  const spy = { logQuery: (sql: string, parameters: unknown[] = []) => asked.push({ sql, parameters }) };
  source.logger = new Proxy(logger, {
    get: (its, name) => Reflect.get(name === 'logQuery' ? spy : its, name) as unknown,
  });
  await api.app.get(AuditLedger).newestFirst(51, before, filter);
  source.logger = logger;
  const [question] = asked;
  const [row] = await api.database.sql(`EXPLAIN (ANALYZE, FORMAT JSON) ${question?.sql ?? ''}`, question?.parameters);
  const [{ Plan: plan }] = row?.['QUERY PLAN'] as [{ Plan: Plan }];
  const ofScans = (node: Plan): number =>
    (node.Plans ?? []).reduce((sum, part) => sum + ofScans(part), 0) +
    (node['Node Type'].includes('Scan')
      ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
      : 0);
  return ofScans(plan);
}

const middle = new Date(START + (ROWS / 2) * SECONDS_APART * 1_000);
const tenDaysLater = new Date(START + 10 * 86_400_000);
const anHourLater = new Date(middle.getTime() + 3_600_000);

it.each<[string, AuditFilter, number | null]>([
  ['nothing', {}, null],
  ['the next page', {}, ROWS / 2],
  ['a frequent act', { actions: ['login'] }, null],
  ['a rare act', { actions: ['account.create'] }, null],
  ['a rare act from the middle on', { actions: ['account.create'] }, ROWS / 2],
  ['a rare outcome', { outcomes: ['refused'] }, null],
  ['two rare outcomes', { outcomes: ['refused', 'failed'] }, null],
  ['an actor', { actor: 'ops@example.com' }, null],
  ['nobody', { actor: 'nobody@example.com' }, null],
  ['an hour in the middle', { from: middle, to: anHourLater }, null],
  ['a rare act of an actor', { actions: ['account.create'], actor: 'boss@example.com' }, null],
  ['since an hour of the middle', { from: middle }, null],
  ['all until the middle', { to: middle }, null],
  ['some days long ago', { from: new Date(START), to: tenDaysLater }, null],
  ['their next page', { from: new Date(START), to: tenDaysLater }, 6_000],
  ['their next page, of an actor', { to: tenDaysLater, actor: 'ops@example.com' }, 6_000],
])('looks at few of the many rows for %s', async (_, filter, before) => {
  expect(await rowsLookedAt(filter, before)).toBeLessThan(1_000);
});
