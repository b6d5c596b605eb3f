import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

const STEP_UP_REQUIRED = '403 step_up_required';

let api: RunningApi;
let owner: Person;
let id: string;

beforeAll(async () => {
  api = await RunningApi.start();
});
afterAll(() => api.stop());
beforeEach(async () => {
  owner = await api.person('SUPER_ADMIN');
  id = (await api.ready(owner, Buffer.from('abcdefghij'))).id;
});

/** The password was last given too long ago. */
async function age({ sessionId }: Person): Promise<void> {
  await api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour' WHERE id = $1`, [
    sessionId,
  ]);
}

async function giveAgain(person: Person): Promise<void> {
  await api.call('post', '/auth/step-up', person).send({ password: PASSWORD }).expect(204);
}

async function outcome(
  url: string,
  by?: Person,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<string> {
  const headers = { ...init.headers, ...(by && { Authorization: by.bearer }) };
  const answer = await fetch(`${api.url}${url}`, { ...init, headers });
  const text = await answer.text();
  return answer.ok ? String(answer.status) : `${String(answer.status)} ${(JSON.parse(text) as { code: string }).code}`;
}

const fileUrl = () => `/api/v1/admin/db/export/${id}/file`;
const ask = (by: Person) => api.call('post', `/admin/db/export/${id}/download-link`, by);

async function linkOf(by: Person): Promise<string> {
  return (await ask(by).expect(201)).body.url as string;
}

it('the session that asked for the export downloads it without stepping up', async () => {
  await age(owner);

  expect(await outcome(fileUrl(), owner)).toBe('200');
  expect(await outcome(await linkOf(owner))).toBe('200');
});

it.each<[string, () => Promise<Person>]>([
  ['of another account', () => api.person('SUPER_ADMIN')],
  ['of the same account', () => api.signIn(owner.email)],
])('another session %s must have stepped up, for the link and for the file alike', async (_, signIn) => {
  const other = await signIn();
  await age(other);

  expect(await outcome(fileUrl(), other)).toBe(STEP_UP_REQUIRED);
  expect(await outcome(fileUrl(), other, { headers: { Range: 'bytes=4-' } })).toBe(STEP_UP_REQUIRED);
  expect((await ask(other).expect(403)).body.code).toBe('step_up_required');

  await giveAgain(other);
  expect(await outcome(fileUrl(), other)).toBe('200');
  expect(await outcome(await linkOf(other))).toBe('200');
});

it('a link is used first by a session that is still stepped up, and then resumes', async () => {
  const other = await api.person('SUPER_ADMIN');
  const url = await linkOf(other);
  await age(other);

  expect(await outcome(url)).toBe(STEP_UP_REQUIRED);
  expect(await outcome(url)).toBe(STEP_UP_REQUIRED);
  await giveAgain(other);
  expect(await outcome(url)).toBe('200');
  await age(other);
  expect(await outcome(url, undefined, { headers: { Range: 'bytes=4-' } })).toBe('206');
});

it('the synchronous form does not lead around it', async () => {
  const other = await api.signIn(owner.email);
  const request = (by: Person, accept: string) =>
    outcome('/api/v1/admin/db/export', by, {
      method: 'POST',
      headers: { 'Idempotency-Key': 'nightly', Accept: accept },
    });
  await request(owner, '*/*');
  const { body } = await api.call('get', '/admin/db/export?limit=1', owner);
  id = body.items[0].id as string;
  await api.claim(id);
  await api.finish(id, Buffer.from('abcdefghij'));
  await age(owner);
  await age(other);

  expect(await request(other, 'application/octet-stream')).toBe(STEP_UP_REQUIRED);
  expect(await request(owner, 'application/octet-stream')).toBe('200');
  await giveAgain(other);
  expect(await request(other, 'application/octet-stream')).toBe('200');
});

it('what is no export is no matter of stepping up', async () => {
  const other = await api.person('SUPER_ADMIN');
  await age(other);

  id = other.id;
  expect(await outcome(fileUrl(), other)).toBe('404 not_found');
  id = 'no-uuid';
  expect(await outcome(fileUrl(), other)).toBe('400 invalid_request');
});
