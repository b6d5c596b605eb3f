import { until } from '../testing/until.js';
import { type Person, RunningApi } from '../testing/running-api.js';

const PANEL = 'https://panel.example.com';
const EVIL = 'https://evil.example.com';

let api: RunningApi;
/** With other origins and no proxy that is trusted. */
let open: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  open = await api.beside({ CORS_ORIGINS: PANEL });
  admin = await api.person('SUPER_ADMIN');
});
afterAll(async () => {
  await open.leave();
  await api.stop();
});

const preflight = (of: RunningApi, origin: string) =>
  fetch(`${of.url}/api/v1/admin/db/export`, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization',
    },
  });
const allowed = (headers: Headers) =>
  Array.from(headers)
    .filter(([name]) => name.startsWith('access-control-'))
    .map(([name]) => name);

it('another site may read nothing, unless CORS_ORIGINS names it', async () => {
  const closed = await preflight(api, EVIL);
  expect([closed.status, allowed(closed.headers)]).toEqual([405, []]);
  const headers = { Origin: EVIL, Authorization: admin.bearer };
  expect(allowed((await fetch(`${api.url}/api/v1/auth/me`, { headers })).headers)).toEqual([]);
});

it('CORS_ORIGINS lets in the origins that it names, with the cookie, and no other', async () => {
  const { status, headers } = await preflight(open, PANEL);
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-origin')).toBe(PANEL);
  expect(headers.get('access-control-allow-credentials')).toBe('true');
  for (const origin of [EVIL, 'null', `${PANEL}.evil.example.com`, 'http://panel.example.com']) {
    const answer = await preflight(open, origin);
    expect([origin, answer.headers.get('access-control-allow-origin')]).toEqual([origin, null]);
  }
});

it('a browser that has once come by HTTPS comes by nothing else (RFC 6797)', async () => {
  const { headers } = await api.call('get', '//health/live');

  expect(headers['strict-transport-security']).toMatch(/^max-age=31536000/);
});

it('what a client says of its own address counts for nothing without TRUST_PROXY', async () => {
  await api
    .call('get', '/auth/me')
    .set('X-Forwarded-For', '203.0.113.7')
    .set('X-Forwarded-Proto', 'https')
    .set('X-Correlation-Id', 'from-itself')
    .expect(401);
  const lines = () => api.log.filter((line) => line.includes('from-itself'));
  await until('a line in the log', () => lines().length > 0);

  expect(lines()[0]).toContain('"remoteAddress":"127.0.0.1"');
  const { headers } = await api
    .call('post', '/auth/refresh')
    .set('X-Forwarded-Proto', 'https')
    .set('Cookie', admin.cookie)
    .expect(200);
  expect(String(headers['set-cookie'])).not.toContain('Secure');
});
