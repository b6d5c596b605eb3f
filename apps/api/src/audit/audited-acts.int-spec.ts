import { AuditLedger, type ChainedEvent } from '#lib/database';
import { OpenAnswer } from '../testing/open-answer.js';
import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

let api: RunningApi;
let admin: Person;
let before = 0;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '1' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  admin = await api.person('SUPER_ADMIN');
  before = (await api.app.get(AuditLedger).head())?.seq ?? 0;
});

/** What was written down in this test, in order. */
async function written(): Promise<ChainedEvent[]> {
  const events = await api.app.get(AuditLedger).newestFirst(100, null);
  return events.filter(({ seq }) => seq > before).reverse();
}

/** A client has its answer a moment before the end of a download is written down. */
const writtenDown = (count: number) => until(`${String(count)} records`, async () => (await written()).length >= count);

const acts = async () => (await written()).map(({ action, outcome }) => `${action} ${outcome}`);

it('says who, what, when, from where, under which correlation id, and what came of it', async () => {
  const { body } = await api
    .call('post', '/admin/db/export', admin)
    .set('X-Forwarded-For', '203.0.113.9')
    .set('X-Correlation-Id', 'nightly-7')
    .send({ format: 'directory', content: 'schema' })
    .expect(202);
  await writtenDown(2);

  const actor = { userId: admin.id, email: admin.email, via: 'session', credentialId: admin.sessionId };
  const common = { action: 'export', actor, address: '203.0.113.9', correlationId: 'nightly-7', at: expect.any(Date) };
  const details = { format: 'directory', content: 'schema' };
  expect(await written()).toMatchObject([
    { ...common, outcome: 'asked', target: null, details },
    { ...common, outcome: 'done', target: body.id, details: { ...details, askedAs: before + 1 } },
  ]);
});

it('names what is too long or too deep to be written down, and refuses it as before', async () => {
  const deep = `{"database": "${'x'.repeat(600)}", "note": ${'['.repeat(40_000)}${']'.repeat(40_000)}, "password": "no"}`;
  await api.call('post', '/admin/db/export', admin).set('Content-Type', 'application/json').send(deep).expect(400);

  const details = { database: '(long)', note: '(long)' };
  expect(await written()).toMatchObject([
    { outcome: 'asked', details },
    { outcome: 'refused', details: { ...details, code: 'invalid_request' } },
  ]);
  expect((await written())[0]?.details).toEqual(details);
});

it('writes down signing in and stepping up', async () => {
  await api.signIn(admin.email);
  await api.call('post', '/auth/step-up', admin).send({ password: PASSWORD }).expect(204);
  await api.call('post', '/auth/step-up', admin).send({ password: 'wrong' }).expect(401);

  expect(await written()).toMatchObject([
    { action: 'login', outcome: 'done', actor: { userId: admin.id, email: admin.email } },
    { action: 'step-up', outcome: 'asked' },
    { action: 'step-up', outcome: 'done' },
    { action: 'step-up', outcome: 'asked' },
    { action: 'step-up', outcome: 'refused', details: { code: 'invalid_credentials' } },
  ]);
});

it('writes down what is refused to somebody who is known, also where nothing is done', async () => {
  const ops = await api.person('OPS');
  before = (await written()).at(-1)?.seq ?? before;
  await api.call('post', '/admin/db/export', ops).expect(403);
  await api.call('get', '/admin/users', ops).expect(403);
  await api.call('post', '/admin/db/export', admin).send({ database: 'nowhere' }).expect(422);
  await api.call('get', '/admin/db/export/01900000-0000-7000-8000-000000000000', ops).expect(404);

  expect(await written()).toMatchObject([
    { action: 'export', outcome: 'refused', actor: { email: ops.email }, details: { code: 'forbidden' } },
    { action: 'request', outcome: 'refused', details: { code: 'forbidden', request: 'GET /api/v1/admin/users' } },
    { action: 'export', outcome: 'asked' },
    { action: 'export', outcome: 'refused', details: { code: 'unknown_database', database: 'nowhere' } },
  ]);
});

it('writes down a whole download, a part of one, and one that is refused, with their bytes', async () => {
  const { id } = await api.ready(admin, Buffer.alloc(100_000, 'x'));
  const path = `/admin/db/export/${id}/file`;
  await api.call('get', path, admin).expect(200);
  await writtenDown(2);
  await api.call('get', path, admin).set('Range', 'bytes=0-9').expect(206);
  await writtenDown(4);
  await api.call('get', `/admin/db/export/${(await api.queued(admin)).id}/file`, admin).expect(409);
  await writtenDown(6);

  expect(await written()).toMatchObject([
    { action: 'download', outcome: 'asked', target: id },
    { action: 'download', outcome: 'completed', target: id, details: { bytes: 100_000, ofBytes: 100_000 } },
    { action: 'download', outcome: 'asked' },
    { action: 'download', outcome: 'completed', details: { bytes: 10, range: 'bytes=0-9' } },
    { action: 'download', outcome: 'asked' },
    { action: 'download', outcome: 'refused', details: { code: 'not_ready' } },
  ]);
});

it('writes down a download that its client has left', async () => {
  const { id } = await api.ready(admin, Buffer.alloc(50_000_000));
  const answer = await OpenAnswer.to(`${api.url}/api/v1/admin/db/export/${id}/file`, { authorization: admin.bearer });
  answer.leave();

  await writtenDown(2);
  const [, end] = await written();
  expect(end).toMatchObject({ action: 'download', outcome: 'aborted', target: id });
  expect(end?.details['bytes']).toBeLessThan(50_000_000);
});

it('names the maker of a download link, and says that it was one', async () => {
  const { id } = await api.ready(admin, Buffer.from('file'));
  const { body } = await api.call('post', `/admin/db/export/${id}/download-link`, admin).expect(201);
  await api.call('get', `//${String(body.url).slice(1)}`).expect(200);
  await writtenDown(4);

  expect(await acts()).toEqual(['download-link asked', 'download-link done', 'download asked', 'download completed']);
  expect((await written()).at(-1)?.actor).toMatchObject({ email: admin.email, via: 'link' });
  expect(JSON.stringify(await written())).not.toContain(String(body.url).split('link=')[1]);
});

it('writes down cancelling, deleting, and what is done to accounts and tokens, never a secret', async () => {
  const { id } = await api.queued(admin);
  await api.call('post', `/admin/db/export/${id}/cancel`, admin).expect(202);
  const ready = await api.ready(admin, Buffer.from('file'));
  await api.call('delete', `/admin/db/export/${ready.id}`, admin).expect(204);
  const email = `${admin.id}@example.com`;
  const { body } = await api.call('post', '/admin/users', admin).send({ email, password: PASSWORD, role: 'OPS' });
  await api
    .call('patch', `/admin/users/${String(body.id)}`, admin)
    .send({ disabled: true })
    .expect(200);
  const token = await api.token(admin, ['exports:read']);
  await api.call('delete', `/admin/tokens/${token.sessionId}`, admin).expect(204);

  const done = (await written()).filter(({ outcome }) => outcome === 'done');
  expect(done).toMatchObject([
    { action: 'cancel', target: id },
    { action: 'delete', target: ready.id },
    { action: 'account.create', target: body.id, details: { email, role: 'OPS' } },
    { action: 'account.change', target: body.id, details: { disabled: true } },
    { action: 'token.create', target: token.sessionId, details: { name: 'nightly', scopes: ['exports:read'] } },
    { action: 'token.revoke', target: token.sessionId },
  ]);
  const all = JSON.stringify(await written());
  expect(all).not.toContain(PASSWORD);
  expect(all).not.toContain(token.bearer.split(' ')[1]);
});

it('is read in pages, newest first, and whole as lines of JSON', async () => {
  for (let index = 0; index < 3; index += 1) await api.signIn(admin.email);
  const first = await api.call('get', '/admin/audit?limit=2', admin).expect(200);
  const second = await api
    .call('get', `/admin/audit?limit=2&cursor=${String(first.body.nextCursor)}`, admin)
    .expect(200);
  const seqs = [...first.body.items, ...second.body.items].map(({ seq }: { seq: number }) => seq);

  expect(seqs).toEqual([before + 3, before + 2, before + 1, before]);
  const { text, headers } = await api
    .call('get', '/admin/audit', admin)
    .set('Accept', 'application/x-ndjson')
    .buffer(true)
    .parse((message, done) => {
      let all = '';
      message.on('data', (chunk) => (all += String(chunk)));
      message.on('end', () => done(null, all));
    })
    .then(({ body, headers: heads }) => ({ text: String(body), headers: heads }));
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; action: string });
  expect(headers['content-type']).toContain('application/x-ndjson');
  expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: lines.length }, (_, index) => lines.length - index));
  expect(lines[0]).toMatchObject({ action: 'audit.export', outcome: 'asked' });
  const whole = await api.call('get', '/admin/audit?cursor=1', admin).expect(200);
  expect(whole.body).toEqual({ items: [], nextCursor: null });
  await api.call('get', '/admin/audit?cursor=x', admin).expect(400);
});
