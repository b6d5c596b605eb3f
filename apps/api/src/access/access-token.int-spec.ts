import { JwtService } from '@nestjs/jwt';
import { randomBytes } from 'node:crypto';
import { type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let person: Person;
let token: string;

beforeAll(async () => {
  api = await RunningApi.start();
  person = await api.person('SUPER_ADMIN');
  token = person.bearer.slice('Bearer '.length);
});
afterAll(() => api.stop());

function me(authorization: string) {
  return api.call('get', '/auth/me').set('Authorization', authorization);
}

function claims(): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

const sign = (payload: object, options: object = {}) =>
  api.app.get(JwtService, { strict: false }).sign(payload, options);
const identity = () => ({ sub: claims()['sub'], sid: claims()['sid'] });
const unsigned = () =>
  [{ alg: 'none', typ: 'JWT' }, claims()]
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
  ['is signed with another key', () => new JwtService().sign(claims(), { secret: randomBytes(32) })],
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
});

it.each(['Basic YWRtaW46YWRtaW4=', 'Bearer', 'Token'])('answers 401 to "Authorization: %s"', async (authorization) => {
  await me(authorization).expect(401);
});

it('takes a token from the header alone', async () => {
  await api.call('get', `/auth/me?access_token=${token}&token=${token}`).expect(401);
  await api.call('get', '/auth/me').set('Cookie', `access_token=${token}; ${person.cookie}`).expect(401);
});
