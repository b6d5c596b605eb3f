import { TokenStore, UserDirectory } from '#lib/database';
import type { Right } from '#lib/domain';
import { OpenAnswer } from '../testing/open-answer.js';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

const EXPORTS = '/admin/db/export';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '127.0.0.1', EXPORT_MAX_QUEUED: '1000' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  admin = await api.person('SUPER_ADMIN');
});

const make = (body: object, by = admin) => api.call('post', '/admin/tokens', by).send(body);
const list = (by: Person) => api.call('get', EXPORTS, by);
const change = (what: string, { id }: Person) =>
  api.database.sql(`UPDATE pgexport.users SET ${what} WHERE id = $1`, [id]);

describe('an API token', () => {
  it('is shown once, and kept as a hash alone', async () => {
    const { body, headers } = await make({ name: 'nightly', scopes: ['exports:read'] }).expect(201);

    expect(body).toEqual({
      id: expect.any(String),
      name: 'nightly',
      token: expect.stringMatching(/^pgx_[0-9a-f]{72}$/),
      scopes: ['exports:read'],
      allowedCidrs: null,
      createdAt: expect.any(String),
      createdBy: { id: admin.id, email: admin.email },
      expiresAt: null,
      lastUsedAt: null,
    });
    expect(headers['cache-control']).toBe('no-store');
    const { token, ...shown } = body as { token: string };
    const listed = await api.call('get', '/admin/tokens', admin).expect(200);
    expect(listed.body).toContainEqual(shown);
    const rows = await api.database.sql('SELECT t::text AS row FROM pgexport.api_tokens t');
    for (const text of [listed.text, JSON.stringify(rows), api.log.join('')]) {
      expect(text).not.toContain(token.slice(4, 40));
    }
  });

  it.each<[Right, number]>([
    ['exports:read', 200],
    ['exports:create', 403],
    ['audit:read', 403],
  ])('with the scope %s lists the exports: %i', async (scope, status) => {
    await list(await api.token(admin, [scope])).expect(status);
  });

  it('says who asked for an export, and how', async () => {
    const { body } = await api.call('post', EXPORTS, await api.token(admin, ['exports:create'])).expect(202);

    expect(body.requestedBy).toEqual({ id: admin.id, email: admin.email, via: 'token' });
  });

  it('is revoked at once', async () => {
    const token = await api.token(admin, ['exports:read']);
    await api.call('delete', `/admin/tokens/${token.sessionId}`, admin).expect(204);

    expect((await list(token).expect(401)).body.code).toBe('unauthenticated');
    const { body } = await api.call('get', '/admin/tokens', admin);
    expect((body as { id: string }[]).map(({ id }) => id)).not.toContain(token.sessionId);
    await api.call('delete', `/admin/tokens/${token.sessionId}`, admin).expect(404);
    await api.call('delete', '/admin/tokens/no-uuid', admin).expect(400);
  });

  it('lives for as many days as it was made for', async () => {
    const token = await api.token(admin, ['exports:read'], { expiresInDays: 30 });
    await list(token).expect(200);
    const [row] = await api.database.sql(
      `SELECT round(extract(epoch FROM expires_at - created_at) / 86400)::int AS days FROM pgexport.api_tokens WHERE id = $1`,
      [token.sessionId],
    );
    expect(row).toEqual({ days: 30 });

    await api.database.sql('UPDATE pgexport.api_tokens SET expires_at = now() WHERE id = $1', [token.sessionId]);
    await list(token).expect(401);
  });

  it('is noted when it is used, at most once a minute', async () => {
    const token = await api.token(admin, ['exports:read']);
    const lastUse = async () =>
      (
        await api.database.sql('SELECT last_used_at, xmin FROM pgexport.api_tokens WHERE id = $1', [token.sessionId])
      )[0];
    await list(token).expect(200);
    const first = await lastUse();
    await list(token).expect(200);

    expect(first?.['last_used_at']).toBeInstanceOf(Date);
    expect(await lastUse()).toEqual(first);
    await api.database.sql(`UPDATE pgexport.api_tokens SET last_used_at = now() - interval '61 s'`);
    await list(token).expect(200);
    expect(Date.now() - ((await lastUse())?.['last_used_at'] as Date).getTime()).toBeLessThan(30_000);
  });

  it('has Idempotency-Keys of its own', async () => {
    const [one, other] = await Promise.all([
      api.token(admin, ['exports:create']),
      api.token(admin, ['exports:create']),
    ]);
    const ask = async (by: Person) =>
      String((await api.call('post', EXPORTS, by).set('Idempotency-Key', 'nightly').expect(202)).body.id);

    const ids = await Promise.all([ask(one), ask(other), ask(admin)]);
    expect(new Set(ids).size).toBe(3);
    expect(await ask(one)).toBe(ids[0]);
  });

  it('ends its event streams and its waits when it is revoked', async () => {
    const token = await api.token(admin, ['exports:read']);
    const { id } = await api.running(admin);
    const url = `${api.url}/api/v1${EXPORTS}/${id}`;
    const headers = { Authorization: token.bearer };
    const etag = String((await api.call('get', `${EXPORTS}/${id}`, token)).headers['etag']);
    const wait = { ...headers, 'If-None-Match': etag, Prefer: 'wait=30' };
    const answers = [OpenAnswer.to(`${url}/events`, headers), OpenAnswer.to(url, wait)];
    const stream = await answers[0]!;
    await stream.eventCount(1);
    await api.call('delete', `/admin/tokens/${token.sessionId}`, admin).expect(204);
    const from = performance.now();
    await stream.end();
    const poll = await answers[1]!;

    expect(poll.message.statusCode).toBe(401);
    expect(performance.now() - from).toBeLessThan(8_000);
  });
});

describe('the rights of an API token', () => {
  it('die with the account that made it', async () => {
    const token = await api.token(admin, ['exports:read']);
    await change('disabled = true', admin);

    await list(token).expect(401);
  });

  it('do not come back with the account', async () => {
    const maker = await api.person('SUPER_ADMIN');
    const token = await api.token(maker, ['exports:read']);
    const directory = api.app.get(UserDirectory);
    await directory.change(maker.id, { disabled: true });
    await directory.change(maker.id, { disabled: false });

    await list(token).expect(401);
  });

  it('never exceed those of the account that made it', async () => {
    const token = await api.token(admin, ['exports:read', 'exports:create', 'exports:download']);
    await change(`role = 'OPS'`, admin);

    await list(token).expect(200);
    const { body } = await api.call('post', EXPORTS, token).expect(403);
    expect(body.detail).toBe('The role OPS does not have the right exports:create.');
  });

  it('end at its scopes', async () => {
    const { body } = await api.call('post', EXPORTS, await api.token(admin, ['exports:read'])).expect(403);

    expect(body).toMatchObject({ code: 'forbidden', detail: 'This API token does not have the right exports:create.' });
  });

  it('outlive a password and its sessions', async () => {
    const token = await api.token(admin, ['exports:read']);
    await api.call('post', '/auth/logout', admin).expect(204);

    await list(token).expect(200);
  });

  it.each(['get /auth/me', 'post /auth/step-up', 'get /admin/users', 'get /admin/tokens', 'post /admin/tokens'])(
    'do not reach what people alone may do: %s',
    async (route) => {
      const token = await api.token(admin, ['exports:read', 'exports:manage', 'audit:read']);
      const [method, path] = route.split(' ') as ['get' | 'post', string];

      expect((await api.call(method, path, token).expect(403)).body.code).toBe('forbidden');
    },
  );
});

describe('a token that is bound to addresses', () => {
  const from = (token: Person, address: string) => list(token).set('X-Forwarded-For', address);

  it('is good there and nowhere else, behind a trusted proxy too', async () => {
    const token = await api.token(admin, ['exports:read'], { allowedCidrs: ['10.1.0.0/16', '2001:db8::/32'] });

    await from(token, '10.1.2.3').expect(200);
    await from(token, '::ffff:10.1.2.3').expect(200);
    await from(token, '2001:db8::7').expect(200);
    await from(token, '10.2.0.1').expect(401);
    await from(token, '2001:db9::7').expect(401);
    await list(token).expect(401);
    // Only what the trusted proxy itself has added counts.
    await from(token, '10.1.2.3, 203.0.113.9').expect(401);
  });

  it('takes its download links with it', async () => {
    const { id } = await api.ready(admin, Buffer.from('abc'));
    const token = await api.token(admin, ['exports:download'], { allowedCidrs: ['10.1.0.0/16'] });
    const { body } = await api
      .call('post', `${EXPORTS}/${id}/download-link`, token)
      .set('X-Forwarded-For', '10.1.0.1')
      .expect(201);
    const follow = async (address: string) =>
      (await fetch(`${api.url}${String(body.url)}`, { headers: { 'X-Forwarded-For': address } })).status;

    expect(await follow('10.2.0.1')).toBe(403);
    expect(await follow('10.1.0.9')).toBe(200);
  });
});

describe('a download by an API token', () => {
  it('asks for no password, of whosever export', async () => {
    const { id } = await api.ready(await api.person('SUPER_ADMIN'), Buffer.from('abc'));
    const token = await api.token(admin, ['exports:download']);

    await api.call('get', `${EXPORTS}/${id}/file`, token).expect(200);
    const { body } = await api.call('post', `${EXPORTS}/${id}/download-link`, token).expect(201);
    expect((await fetch(`${api.url}${String(body.url)}`)).status).toBe(200);
  });

  it('by its link ends with the token, though it had begun', async () => {
    const { id } = await api.ready(admin, Buffer.from('abc'));
    const token = await api.token(admin, ['exports:download']);
    const { body } = await api.call('post', `${EXPORTS}/${id}/download-link`, token).expect(201);
    const follow = async () => (await fetch(`${api.url}${String(body.url)}`)).status;
    expect(await follow()).toBe(200);
    await api.call('delete', `/admin/tokens/${token.sessionId}`, admin).expect(204);

    expect(await follow()).toBe(403);
  });
});

describe('a mistyped token', () => {
  it('is refused without a query, even while the database is away', async () => {
    const token = await api.token(admin, ['exports:read']);
    const mistyped = { ...token, bearer: token.bearer.replace(/.$/, (last) => (last === '0' ? '1' : '0')) };
    await api.database.shut();
    try {
      await until('the database is away', async () => (await list(token)).status === 503);
      await list(mistyped).expect(401);
    } finally {
      await api.database.open();
    }
    await until('the database is back', async () => (await list(token)).status === 200);
  });

  it.each(['pgx_', 'pgx_x', `pgx_${'0'.repeat(72)}`, `pgx_${'0'.repeat(9_000)}`, "pgx_' OR 1=1"])(
    'such as "%.20s" is 401',
    async (text) => {
      await list({ ...admin, bearer: `Bearer ${text}` }).expect(401);
    },
  );

  it('is not told from one that is well formed and unknown', async () => {
    const { ApiTokens } = await import('../access/api-tokens.js');
    const unknown = await list({ ...admin, bearer: `Bearer ${ApiTokens.issue()}` }).expect(401);
    const mistyped = await list({ ...admin, bearer: 'Bearer pgx_x' }).expect(401);

    expect(unknown.body.detail).toBe(mistyped.body.detail);
  });
});

describe('making a token', () => {
  it.each<[object, string]>([
    [{ scopes: ['exports:read'] }, 'name'],
    [{ name: ' ', scopes: ['exports:read'] }, 'name'],
    [{ name: 'n', scopes: [] }, 'scopes'],
    [{ name: 'n', scopes: ['exports:read', 'exports:read'] }, 'scopes'],
    [{ name: 'n', scopes: ['users:write'] }, 'scopes.0'],
    [{ name: 'n', scopes: ['exports:read'], expiresInDays: 0 }, 'expiresInDays'],
    [{ name: 'n', scopes: ['exports:read'], expiresInDays: 1.5 }, 'expiresInDays'],
    [{ name: 'n', scopes: ['exports:read'], allowedCidrs: [] }, 'allowedCidrs'],
    [{ name: 'n', scopes: ['exports:read'], allowedCidrs: ['10.0.0.0/33'] }, 'allowedCidrs.0'],
    [{ name: 'n', scopes: ['exports:read'], token: 'mine' }, 'token: unknown field'],
  ])('refuses %j and names the field', async (body, field) => {
    expect((await make(body).expect(400)).body.detail).toContain(field);
  });

  it('and revoking one ask for the password again', async () => {
    const token = await api.token(admin, ['exports:read']);
    await api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour' WHERE id = $1`, [
      admin.sessionId,
    ]);

    const answers = [
      await make({ name: 'n', scopes: ['exports:read'] }),
      await api.call('delete', `/admin/tokens/${token.sessionId}`, admin),
    ];
    for (const { status, body } of answers) {
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'step_up_required' });
    }
    await api.call('get', '/admin/tokens', admin).expect(200);
    expect(await api.app.get(TokenStore).aliveAmong([token.sessionId])).toHaveLength(1);
  });
});
