import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let admin: Person;
let id: string;
let url: string;

beforeAll(async () => {
  api = await RunningApi.start({ DOWNLOAD_LINK_MINUTES: '7', DOWNLOAD_RESUME_HOURS: '3' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  admin = await api.person('SUPER_ADMIN');
  id = (await api.ready(admin, Buffer.from('abcdefghij'))).id;
  url = await linkFor(id);
});

async function linkFor(exportId: string): Promise<string> {
  const { body } = await api.call('post', `/admin/db/export/${exportId}/download-link`, admin).expect(201);
  return body.url as string;
}

/** As a browser follows it: no headers of ours. */
async function follow(link: string, headers: Record<string, string> = {}): Promise<{ status: number; code?: string }> {
  const answer = await fetch(`${api.url}${link}`, { headers });
  const text = await answer.text();
  return answer.ok
    ? { status: answer.status }
    : { status: answer.status, code: (JSON.parse(text) as { code: string }).code };
}

const INVALID = { status: 403, code: 'link_invalid' };

const fileUrl = (token: string) => `/api/v1/admin/db/export/${id}/file?link=${token}`;
const parts = () => (url.split('link=')[1] ?? '').split('.') as [string, string];
const claims = () => JSON.parse(Buffer.from(parts()[0], 'base64url').toString()) as Record<string, unknown>;

/** Signed with the server's own key: what only a mistake of ours could send. */
async function signed(payload: string): Promise<string> {
  const text = await readFile(join(api.config.secretsDir, 'download-link.key'), 'utf8');
  const body = Buffer.from(payload).toString('base64url');
  const signature = createHmac('sha256', Buffer.from(text.trim(), 'base64url')).update(body).digest('base64url');
  return fileUrl(`${body}.${signature}`);
}

it('is followed without any header, whole and in parts', async () => {
  expect(await follow(url)).toEqual({ status: 200 });
  expect(await follow(url, { Range: 'bytes=4-' })).toEqual({ status: 206 });
});

it('says until when it has to be used first', async () => {
  const { body } = await api.call('post', `/admin/db/export/${id}/download-link`, admin).expect(201);

  const minutes = (Date.parse(body.expiresAt as string) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(6.8);
  expect(minutes).toBeLessThanOrEqual(7);
});

it('opens its own export and no other', async () => {
  const other = await api.ready(admin, Buffer.from('other'));

  expect(await follow(url.replace(id, other.id))).toEqual(INVALID);
  expect((await follow(url.replace('/file', ''))).status).toBe(401);
});

it('is dead after sign-out', async () => {
  await api.call('post', '/auth/logout', admin).expect(204);

  expect(await follow(url)).toEqual(INVALID);
});

it.each([
  ['demoted', `role = 'OPS'`],
  ['disabled', 'disabled = true'],
])('is dead when its maker is %s', async (_, change) => {
  await api.database.sql(`UPDATE pgexport.users SET ${change} WHERE id = $1`, [admin.id]);

  expect(await follow(url)).toEqual(INVALID);
});

it('is dead, though it has begun, when its maker signs out', async () => {
  await follow(url);
  await api.call('post', '/auth/logout', admin).expect(204);

  expect(await follow(url, { Range: 'bytes=4-' })).toEqual(INVALID);
});

it('leads to 410 once the file is deleted', async () => {
  await api.call('delete', `/admin/db/export/${id}`, admin).expect(204);

  expect(await follow(url)).toEqual({ status: 410, code: 'gone' });
});

it.each<[string, () => string | Promise<string>]>([
  ['empty', () => fileUrl('')],
  ['nonsense', () => fileUrl('nonsense')],
  ['without its signature', () => fileUrl(parts()[0])],
  ['with an empty signature', () => fileUrl(`${parts()[0]}.`)],
  ['with another signature', () => fileUrl(`${parts()[0]}.${'A'.repeat(43)}`)],
  [
    'with a later end',
    () => fileUrl(`${Buffer.from(JSON.stringify({ ...claims(), until: 9e15 })).toString('base64url')}.${parts()[1]}`),
  ],
  ['with something behind it', () => `${url}.x`],
  ['given twice', () => `${url}&link=${parts().join('.')}`],
  ['signed by us, but not JSON', () => signed('not JSON')],
  ['signed by us, but without claims', () => signed('{}')],
  ['signed by us, with a claim too many', () => signed(JSON.stringify({ ...claims(), admin: true }))],
])('that is %s is refused', async (_, make) => {
  expect(await follow(await make())).toEqual(INVALID);
});

it('of another server is refused', async () => {
  const body = parts()[0];
  const signature = createHmac('sha256', 'another key').update(body).digest('base64url');

  expect(await follow(fileUrl(`${body}.${signature}`))).toEqual(INVALID);
});

it('opens nothing but the file', async () => {
  const query = `link=${parts().join('.')}`;

  expect((await follow(`/api/v1/admin/db/export/${id}?${query}`)).status).toBe(401);
  expect((await follow(`/api/v1/auth/me?${query}`)).status).toBe(401);
  await api.call('post', `/admin/db/export/${id}/download-link?${query}`).expect(401);
});

it('has to be used first before its time is over', async () => {
  expect(await follow(await signed(JSON.stringify({ ...claims(), until: Date.now() - 1 })))).toEqual(INVALID);
});

it('goes on for hours once it was used, and then no longer', async () => {
  const late = await signed(JSON.stringify({ ...claims(), until: Date.now() - 1 }));
  const usedAgo = (interval: string) =>
    api.database.sql(
      `INSERT INTO pgexport.download_links VALUES ($1, now() - $2::interval)
       ON CONFLICT (id) DO UPDATE SET first_used_at = excluded.first_used_at`,
      [claims()['link'], interval],
    );

  await usedAgo('2 hours 59 minutes');
  expect(await follow(late, { Range: 'bytes=4-' })).toEqual({ status: 206 });
  await usedAgo('3 hours 1 minute');
  expect(await follow(late, { Range: 'bytes=4-' })).toEqual(INVALID);
});

it('is not given for a file that is not there', async () => {
  const waiting = await api.queued(admin);
  const answer = await api.call('post', `/admin/db/export/${waiting.id}/download-link`, admin).expect(409);

  expect(answer.body.code).toBe('not_ready');
});

it('is in no line of the log', async () => {
  await follow(url);
  await follow(`${url}x`);

  expect(api.log.some((line) => line.includes(`/export/${id}/file`))).toBe(true);
  expect(api.log.join('')).not.toContain(parts()[1]);
  expect(api.log.join('')).not.toContain('link=');
});
