import { createHmac, createPublicKey } from 'node:crypto';
import { OidcIssuer } from '../testing/oidc-issuer.js';
import { RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

const EXPORTS = '/admin/db/export';
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

let issuer: OidcIssuer;
let api: RunningApi;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  issuer.accounts.set('anna', { roles: ['admins'], email: 'Anna@Example.com' });
  issuer.accounts.set('otto', { roles: ['operators', 'others'] });
  issuer.accounts.set('emil', { roles: ['others'] });
  api = await RunningApi.start({ ...issuer.environment, REQUIRE_TOTP: 'true' });
});
// The last test has stopped the provider.
afterAll(() => api.stop());

beforeEach(() => api.database.sql('DELETE FROM pgexport.exports'));

const get = (path: string, token: string) => api.call('get', path).set('Authorization', `Bearer ${token}`);
const post = (path: string, token: string) => api.call('post', path).set('Authorization', `Bearer ${token}`);

describe('an access token that the identity provider has issued', () => {
  it('lets its account in with the role that it is mapped to', async () => {
    const anna = await issuer.accessToken('anna');
    const otto = await issuer.accessToken('otto');

    expect((await get('/auth/me', anna).expect(200)).body).toEqual({
      id: expect.any(String),
      email: 'anna@example.com',
      role: 'SUPER_ADMIN',
      signsInWith: 'oidc',
    });
    expect((await get('/auth/me', otto).expect(200)).body).toMatchObject({
      email: `otto@${new URL(issuer.url).host}`,
      role: 'OPS',
    });
    await post(EXPORTS, anna).expect(202);
    await post(EXPORTS, otto).expect(403);
  });

  it('gives nothing to an account without a role here', async () => {
    const { body } = await get('/auth/me', await issuer.accessToken('emil')).expect(403);

    expect(body.code).toBe('forbidden');
    expect(await api.database.sql(`SELECT 1 FROM pgexport.users WHERE oidc_subject = 'emil'`)).toEqual([]);
  });

  it('makes one account and one sign-in, however many come at once', async () => {
    issuer.accounts.set('bert', { roles: ['operators'] });
    const token = await issuer.accessToken('bert');
    const answers = await Promise.all(Array.from({ length: 8 }, () => get('/auth/me', token)));

    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await api.database.sql(`SELECT 1 FROM pgexport.users WHERE oidc_subject = 'bert'`)).toHaveLength(1);
    const acts = await api.database.sql(
      `SELECT action, outcome FROM pgexport.audit_events WHERE action = 'account.create' AND target = $1::text
          OR action = 'login' AND user_id::text = $1 ORDER BY seq`,
      [answers[0]!.body.id],
    );
    // That an account was asked for was written before there was one.
    expect(acts).toEqual([
      { action: 'account.create', outcome: 'done' },
      { action: 'login', outcome: 'asked' },
      { action: 'login', outcome: 'done' },
    ]);
  });

  it('never takes over an account of ours that has the same e-mail address', async () => {
    const own = await api.account('SUPER_ADMIN', 'carla@example.com');
    issuer.accounts.set('carla', { roles: ['operators'], email: 'carla@example.com' });

    const { body } = await get('/auth/me', await issuer.accessToken('carla')).expect(200);
    expect(body).toMatchObject({ email: `carla@${new URL(issuer.url).host}`, role: 'OPS' });
    expect(body.id).not.toBe(own.id);
  });

  it('downloads what it has asked for by a link, and is dead with its session after a sign-out', async () => {
    const token = await issuer.accessToken('anna');
    const { body: asked } = await post(EXPORTS, token).expect(202);
    await api.claim(String(asked.id));
    await api.finish(String(asked.id), Buffer.from('abc'));
    const { body } = await post(`${EXPORTS}/${String(asked.id)}/download-link`, token).expect(201);
    expect((await fetch(`${api.url}${String(body.url)}`)).status).toBe(200);

    await post('/auth/logout', token).expect(204);
    expect((await fetch(`${api.url}${String(body.url)}`)).status).toBe(403);
    await get('/auth/me', token).expect(401);
  });

  it('steps up by having been asked for anew: its auth_time says so', async () => {
    const users = (claims: object) =>
      issuer.sign({ exp: inSeconds(60), jti: 'u', ...claims }).then((t) => post('/admin/users', t));

    expect((await users({ auth_time: inSeconds(-10) })).status).toBe(400);
    expect((await users({ auth_time: inSeconds(-3_600) })).body.code).toBe('step_up_required');
    expect((await users({})).body.code).toBe('step_up_required');
  });

  it('goes on in the session that the provider names', async () => {
    const session = { sid: 'one-and-the-same', auth_time: inSeconds(-3_600) };
    const first = await issuer.sign({ exp: inSeconds(60), jti: '1', ...session });
    const second = await issuer.sign({ exp: inSeconds(120), jti: '2', ...session });
    const { body: asked } = await post(EXPORTS, first).expect(202);
    await api.claim(String(asked.id));
    await api.finish(String(asked.id), Buffer.from('abc'));

    await get(`${EXPORTS}/${String(asked.id)}/file`, second).expect(200);
    await get(`${EXPORTS}/${String(asked.id)}/file`, await issuer.sign({ exp: inSeconds(60) })).expect(403);
  });
});

describe('an account of the identity provider', () => {
  it('that is switched off here is refused with its next request, and with new tokens', async () => {
    issuer.accounts.set('dora', { roles: ['admins'] });
    const token = await issuer.accessToken('dora');
    const { body } = await get('/auth/me', token).expect(200);
    await api.database.sql('UPDATE pgexport.users SET disabled = true WHERE id = $1', [body.id]);

    const traces = async () => [
      await api.database.sql('SELECT 1 FROM pgexport.sessions WHERE user_id = $1', [body.id]),
      await api.database.sql(`SELECT 1 FROM pgexport.audit_events WHERE user_id = $1 AND action = 'login'`, [body.id]),
    ];
    const before = await traces();
    await get('/auth/me', token).expect(401);
    await get('/auth/me', await issuer.accessToken('dora')).expect(401);
    // Nor is anything left that would open when the account is switched on again.
    expect(await traces()).toEqual(before);
  });

  it('has from each token on the role that it says', async () => {
    const as = (...roles: string[]) => issuer.sign({ sub: 'ida', exp: inSeconds(60), roles });
    const admin = await as('admins');
    await get('/admin/users', admin).expect(200);
    await get('/auth/me', await as('operators')).expect(200);

    const [row] = await api.database.sql(`SELECT role FROM pgexport.users WHERE oidc_subject = 'ida'`);
    expect(row).toEqual({ role: 'OPS' });
  });

  it('loses its sessions and API tokens when a token says that it has no role any more', async () => {
    const as = (...roles: string[]) =>
      issuer.sign({ sub: 'jana', sid: roles.join(), exp: inSeconds(60), roles, auth_time: inSeconds(-1) });
    const admin = await as('admins');
    const { body } = await post('/admin/tokens', admin)
      .send({ name: 'n', scopes: ['exports:read'] })
      .expect(201);
    await get(EXPORTS, String(body.token)).expect(200);

    await get('/auth/me', await as('others')).expect(403);
    await get(EXPORTS, String(body.token)).expect(401);
    await get('/auth/me', admin).expect(401);
  });

  it('is not the last SUPER_ADMIN: one with a password stays for the day when the provider is away', async () => {
    await api.database.sql('DELETE FROM pgexport.users WHERE password_hash IS NOT NULL');
    const own = await api.account('SUPER_ADMIN');
    const token = await issuer.sign({ exp: inSeconds(60), auth_time: inSeconds(-1) });
    const change = (id: string) =>
      api.call('patch', `/admin/users/${id}`).set('Authorization', `Bearer ${token}`).send({ disabled: true });

    expect((await change(own.id).expect(409)).body.code).toBe('last_super_admin');
    const { body } = await get('/auth/me', await issuer.sign({ sub: 'karl', exp: inSeconds(60) })).expect(200);
    await change(String(body.id)).expect(200);
  });

  it('has no password here', async () => {
    await get('/auth/me', await issuer.accessToken('anna')).expect(200);

    for (const password of ['', 'null', 'any']) {
      const { status } = await api.call('post', '/auth/login').send({ email: 'anna@example.com', password });
      expect([400, 401]).toContain(status);
    }
    await post('/auth/step-up', await issuer.accessToken('anna'))
      .send({ password: 'any' })
      .expect(401);
  });

  it('needs no second factor here, whatever REQUIRE_TOTP says, and can set up none', async () => {
    const token = await issuer.sign({ exp: inSeconds(60), auth_time: inSeconds(-1) });
    await get('/admin/users', token).expect(200);

    expect((await get('/auth/totp', token)).body).toMatchObject({ required: false });
    expect((await post('/auth/totp', token).expect(403)).body.code).toBe('forbidden');
  });
});

describe('a token is refused that', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const claims = () => ({
    iss: issuer.url,
    aud: issuer.environment['OIDC_AUDIENCE'],
    sub: 'anna',
    roles: ['admins'],
    exp: inSeconds(60),
  });
  const hmac = (key: string | Buffer) => {
    const body = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: issuer.publicKey.kid })}.${encode(claims())}`;
    return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
  };
  const publicPem = () =>
    createPublicKey({ key: issuer.publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' });

  it.each<[string, () => string | Promise<string>]>([
    ['is of another issuer', () => issuer.sign({ iss: 'https://evil.example.com', exp: inSeconds(60) })],
    ['is of an issuer that begins alike', () => issuer.sign({ iss: `${issuer.url}/`, exp: inSeconds(60) })],
    ['is for another audience', () => issuer.sign({ aud: 'https://other.example.com', exp: inSeconds(60) })],
    ['was really issued for another audience', () => issuer.accessToken('anna', 'https://other.example.com')],
    ['has no audience', () => issuer.sign({ aud: undefined, exp: inSeconds(60) })],
    ['has expired', () => issuer.sign({ exp: inSeconds(-60) })],
    ['never expires', () => issuer.sign({})],
    ['is not valid yet', () => issuer.sign({ exp: inSeconds(600), nbf: inSeconds(300) })],
    ['is of nobody', () => issuer.sign({ sub: undefined, exp: inSeconds(60) })],
    ['is an ID token', () => issuer.sign({ exp: inSeconds(60), nonce: 'n' }, { typ: 'JWT' })],
    ['is a logout token', () => issuer.sign({ exp: inSeconds(60) }, { typ: 'logout+jwt' })],
    ['is not signed (alg none)', () => `${encode({ alg: 'none' })}.${encode(claims())}.`],
    ['is signed with the public key as a secret (HS256)', () => hmac(publicPem())],
    ['is signed with the modulus as a secret (HS256)', () => hmac(Buffer.from(issuer.publicKey.n ?? '', 'base64url'))],
    [
      'is signed by nobody whom the provider names',
      async () => {
        const other = await OidcIssuer.start();
        const token = await other.sign({ ...claims() }, { kid: String(issuer.publicKey.kid) });
        await other.stop();
        return token;
      },
    ],
    [
      'has another payload',
      async () =>
        (await issuer.sign({ exp: inSeconds(60) })).replace(/\.[^.]+\./, `.${encode({ ...claims(), sub: 'x' })}.`),
    ],
    ['is cut off', async () => (await issuer.sign({ exp: inSeconds(60) })).slice(0, -5)],
    [
      'claims to be of the issuer and of us',
      () => issuer.sign({ iss: 'pg-export', aud: 'pg-export', exp: inSeconds(60) }),
    ],
  ])('%s', async (_, make) => {
    const { body, headers } = await get('/auth/me', await make()).expect(401);

    expect([body.code, headers['www-authenticate']]).toEqual(['unauthenticated', 'Bearer']);
  });
});

describe('the keys of the provider', () => {
  it('are fetched once, and again for a token with a key that is new', async () => {
    await get('/auth/me', await issuer.accessToken('anna')).expect(200);
    const before = issuer.keyFetches;
    const old = await issuer.sign({ exp: inSeconds(60) });
    for (let times = 0; times < 3; times++) await get('/auth/me', await issuer.accessToken('anna')).expect(200);
    expect(issuer.keyFetches).toBe(before);

    await issuer.rotate();
    const token = await issuer.sign({ exp: inSeconds(60) });
    await until('the new key is known', async () => (await get('/auth/me', token)).status === 200);
    await get('/auth/me', old).expect(401);
  });

  it('are not fetched again and again for keys that do not exist', async () => {
    const before = issuer.keyFetches;
    for (let times = 0; times < 20; times++) {
      await get('/auth/me', await issuer.sign({ exp: inSeconds(60) }, { kid: `made-up-${String(times)}` })).expect(401);
    }

    expect(issuer.keyFetches - before).toBeLessThan(5);
  });
});

it('a token whose key cannot be had is answered 503: it may well be good', async () => {
  const token = await issuer.sign({ exp: inSeconds(600) }, { kid: 'unknown' });
  await issuer.stop();

  await until('the keys are asked for', async () => (await get('/auth/me', token)).status === 503);
  const { headers, body } = await get('/auth/me', token);
  expect([body.code, headers['retry-after']]).toEqual(['identity_provider_unavailable', '5']);
});
