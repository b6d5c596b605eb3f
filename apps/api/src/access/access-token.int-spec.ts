import { JwtService } from '@nestjs/jwt';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { connect } from 'node:net';

import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';
import { type AccessKey, AccessKeyRing } from './access-key-ring.js';

let api: RunningApi;
let person: Person;
let token: string;
let key: AccessKey;

beforeAll(async () => {
  api = await RunningApi.start();
  person = await api.person('SUPER_ADMIN');
  token = person.bearer.slice('Bearer '.length);
  key = await api.app.get(AccessKeyRing).signing();
});
afterAll(() => api.stop());

function me(authorization: string) {
  return api.call('get', '/auth/me').set('Authorization', authorization);
}

function claims(): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

const sign = (payload: object, options: object = {}) =>
  api.app.get(JwtService, { strict: false }).sign(payload, { secret: key.secret, keyid: key.kid, ...options });
const identity = () => ({ sub: claims()['sub'], sid: claims()['sid'] });
const rsaKey = () => generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
const unsigned = () =>
  [{ alg: 'none', typ: 'JWT', kid: key.kid }, claims()]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.') + '.';

it('lets a token of ours in', async () => {
  await me(`Bearer ${token}`).expect(200);
  await me(`bearer ${sign(identity())}`).expect(200);
});

it('says no more in a token than who and in which session', () => {
  expect(Object.keys(claims()).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'sid', 'sub']);
});

it.each<[string, () => string]>([
  ['has expired', () => sign(identity(), { expiresIn: -1 })],
  ['is signed with another key', () => new JwtService().sign(claims(), { secret: randomBytes(32), keyid: key.kid })],
  ['names no key', () => new JwtService().sign(claims(), { secret: key.secret })],
  ['names a key that does not exist', () => sign(identity(), { keyid: '1234567890' })],
  ['names a file for its key', () => sign(identity(), { keyid: '../secrets/refresh-token' })],
  ['is signed with a private key (RS256)', () => sign(identity(), { algorithm: 'RS256', secret: rsaKey() })],
  ['is signed by another algorithm', () => sign(identity(), { algorithm: 'HS512' })],
  ['is not signed (alg none)', unsigned],
  ['is for somebody else', () => sign(identity(), { audience: 'another-service' })],
  ['is from somebody else', () => sign(identity(), { issuer: 'another-service' })],
  ['is not valid yet', () => sign(identity(), { notBefore: 60 })],
  ['is cut off', () => token.slice(0, -5)],
  ['has another payload', () => token.replace(/\.[^.]+\./, `.${Buffer.from('{}').toString('base64url')}.`)],
  ['names no session', () => sign({ sub: claims()['sub'] })],
  ['names a session in words', () => sign({ ...identity(), sid: "' OR 1=1" })],
  ['names the session of somebody else', () => sign({ ...identity(), sub: '01900000-0000-7000-8000-000000000000' })],
  ['is a refresh token', () => person.cookie.slice('pgx_refresh='.length)],
  ['is of 12 kB', () => 'x'.repeat(12_000)],
  ['is empty', () => ''],
])('answers 401 to a token that %s', async (_, make) => {
  const { status, body, headers } = await me(`Bearer ${make()}`);

  expect({ status, code: body.code, challenge: headers['www-authenticate'] }).toEqual({
    status: 401,
    code: 'unauthenticated',
    challenge: 'Bearer',
  });
  const lines = () => api.log.filter((line) => line.includes(String(body.correlationId)));
  await until('a line in the log', () => lines().length > 0);
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).not.toContain(make().slice(-20) || 'Bearer');
});

it('answers 401 to a token of 1 MB, before it has read it, with one line in the log', async () => {
  const before = api.log.length;
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
      socket.write(`GET /api/v1/auth/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${'x'.repeat(1 << 20)}\r\n\r\n`);
    });
    socket.on('data', (chunk) => (text += chunk.toString()));
    // The rest of the token finds the connection closed.
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });

  expect(answer).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/);
  expect(answer).toMatch(/^WWW-Authenticate: Bearer\r$/m);
  expect(answer).toContain('"code":"unauthenticated"');
  expect(api.log.slice(before)).toEqual([expect.stringContaining('401')]);
});

it.each(['Basic YWRtaW46YWRtaW4=', 'Bearer', 'Token'])('answers 401 to "Authorization: %s"', async (authorization) => {
  await me(authorization).expect(401);
});

it('takes a token from the header alone', async () => {
  await api.call('get', `/auth/me?access_token=${token}&token=${token}`).expect(401);
  await api.call('get', '/auth/me').set('Cookie', `access_token=${token}; ${person.cookie}`).expect(401);
});
