import { createHash, createHmac } from 'node:crypto';
import { Authenticator } from '../testing/authenticator.js';
import { describedRoutes, pathWith } from '../testing/described-route.js';
import { NASTY_IDS, NO_SUCH_ID } from '../testing/nasty-requests.js';
import { sendRaw } from '../testing/raw-request.js';
import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

/** What was found in other tools of this kind, each mistake by its name (docs/security.md). */
const EXPORTS = '/admin/db/export';

let api: RunningApi;
let admin: Person;
let id: string;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
  ({ id } = await api.ready(admin, Buffer.from('the file')));
});
afterAll(() => api.stop());

const linkOf = async () => {
  const { body } = await api.call('post', `${EXPORTS}/${id}/download-link`, admin).expect(201);
  return body as { url: string; expiresAt: string };
};
const follow = (link: string) => fetch(`${api.url}/api/v1${EXPORTS}/${id}/file?link=${encodeURIComponent(link)}`);

it('a signed link that has no secret in it: a hash of what everybody knows opens nothing', async () => {
  const { url } = await linkOf();
  const [body = ''] = (new URL(url, api.url).searchParams.get('link') ?? '').split('.');
  const made = ['', id, 'pg-export', 'secret'].map((key) => createHmac('sha256', key).update(body).digest('base64url'));
  const hashes = [createHash('sha256').update(body), createHash('sha256').update(`${id}${String(Date.now())}`)];

  for (const signature of [...made, ...hashes.map((hash) => hash.digest('base64url')), '']) {
    expect((await follow(`${body}.${signature}`)).status).toBe(403);
  }
});

it('a path taken from the client: a file is named by the id of its export, and anything else is refused', async () => {
  const wishes = ['path=/etc/passwd', 'file=../../secrets/download-link.key', 'name=%2e%2e%2f', 'key=../x'];
  for (const wish of wishes) {
    const answer = await fetch(`${api.url}/api/v1${EXPORTS}/${id}/file?${wish}`, {
      headers: { Authorization: admin.bearer },
    });
    expect(answer.status).toBe(400);
  }
});

it('path traversal in the place of an id: 400 or 404, and never a file', async () => {
  for (const nasty of NASTY_IDS) {
    const path = `/api/v1${EXPORTS}/${nasty}/file`;
    const { status } = await sendRaw(api.url, { method: 'GET', path, headers: { authorization: admin.bearer } });
    expect([nasty, [400, 404].includes(status)]).toEqual([nasty, true]);
  }
});

it('a check-then-use that two requests pass: one of many uses up a code', async () => {
  const person = await api.person('SUPER_ADMIN');
  const { recoveryCodes } = await Authenticator.enrol(api, person);
  const use = () =>
    api.call('post', '/auth/login').send({ email: person.email, password: PASSWORD, totp: recoveryCodes[0] });
  const answers = await Promise.all([use(), use(), use(), use()]);

  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

it('find-then-insert as a guard against duplicates: one account for an address, asked for at once', async () => {
  const body = { email: 'twice@example.com', password: PASSWORD, role: 'OPS' };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.call('post', '/admin/users', admin).send(body)),
  );

  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
});

it('a link of twelve hours for a whole database: ours is good for ten minutes until its first use', async () => {
  const { expiresAt } = await linkOf();

  expect(new Date(expiresAt).getTime() - Date.now()).toBeLessThanOrEqual(600_000);
});

it('a token that ends in the access log: no link, bearer, cookie or code is in any line', async () => {
  const { url } = await linkOf();
  await fetch(`${api.url}${url}`);
  await fetch(`${api.url}/api/v1/auth/oidc/callback?code=a-secret-code&state=a-secret-state`);
  const token = await api.token(admin, ['exports:read']);
  await api
    .call('get', EXPORTS, token)
    .set('Cookie', admin.cookie)
    .set('X-Correlation-Id', 'the-last-line')
    .expect(200);
  await until('the last line', () => api.log.some((line) => line.includes('the-last-line')));

  const log = api.log.join('\n');
  const [, claims = ''] = admin.bearer.split('.');
  const link = new URL(url, api.url).searchParams.get('link') ?? '';
  const secrets = [link.slice(0, 40), claims.slice(0, 40), token.bearer.slice(11, 50), admin.cookie.slice(12, 60)];
  for (const secret of [...secrets, 'a-secret-code', 'a-secret-state', PASSWORD]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(log).not.toContain(secret);
  }
});

it('a right that is checked on one route and not on its neighbour (CVE-2026-17350): none is left out', async () => {
  const ops = await api.person('OPS');
  const routes = (await describedRoutes(api)).filter(({ path }) => path.startsWith('/api/v1/admin/'));
  const open: string[] = [];
  for (const route of routes) {
    const ask = (headers = {}) =>
      sendRaw(api.url, { method: route.method, path: pathWith(route, NO_SUCH_ID), headers });
    const nobody = await ask();
    const somebody = await ask({ authorization: ops.bearer });
    // OPS reads exports and databases.
    const mayRead = route.method === 'GET' && /\/db\/(?!.*\/file$)/.test(route.path);
    if (nobody.status !== 401) open.push(`nobody: ${route.method} ${route.path} ${String(nobody.status)}`);
    if (!mayRead && somebody.status !== 403) open.push(`OPS: ${route.method} ${route.path} ${String(somebody.status)}`);
  }

  expect(routes.length).toBeGreaterThan(15);
  expect(open).toEqual([]);
});

it('script in the error text of PostgreSQL (CVE-2026-12048): it travels as data that no browser takes for a page', async () => {
  const { id: failed } = await api.running(admin);
  const error = { code: 'source_error', message: 'm', detail: '<img src=x onerror=alert(1)>' };
  await api.database.sql(`UPDATE pgexport.exports SET status = 'failed', error = $2 WHERE id = $1`, [failed, error]);
  const { headers, body } = await api.call('get', `${EXPORTS}/${failed}`, admin).expect(200);

  expect(body.error.detail).toBe(error.detail);
  expect(headers['content-type']).toContain('application/json');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toMatch(/script-src 'self';/);
});
