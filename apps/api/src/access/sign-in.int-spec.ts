import { cookieOf, PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let email: string;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '1' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  email = (await api.account('SUPER_ADMIN')).email;
});

function login(body: object) {
  return api.call('post', '/auth/login').send(body);
}

function refresh(cookie: string) {
  return api.call('post', '/auth/refresh').set('Cookie', cookie);
}

const me = (person: Person) => api.call('get', '/auth/me', person);

/** The last rotation lies so many seconds back. */
async function age(seconds: number): Promise<void> {
  await api.database.sql(`UPDATE pgexport.sessions SET rotated_at = now() - make_interval(secs => $1)`, [seconds]);
}

describe('login', () => {
  it('answers with an access token, its lifetime and the account', async () => {
    const { status, body, headers } = await login({ email: ` ${email.toUpperCase()} `, password: PASSWORD });

    expect(status).toBe(200);
    expect(body).toEqual({
      accessToken: expect.any(String),
      expiresInSeconds: 600,
      user: { id: expect.any(String), email, role: 'SUPER_ADMIN' },
    });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('keeps the refresh token out of reach of scripts, other sites and other paths', async () => {
    const { headers } = await login({ email, password: PASSWORD });
    const [cookie = ''] = headers['set-cookie'] as unknown as string[];
    const [, ...attributes] = cookie.split('; ');

    expect(attributes).toEqual(
      expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/api/v1/auth', expect.stringMatching(/^Expires=/)]),
    );
    expect(attributes).not.toContain('Secure');
  });

  it('asks for HTTPS for the cookie where the request came so', async () => {
    const { headers } = await login({ email, password: PASSWORD }).set('X-Forwarded-Proto', 'https');

    expect(String(headers['set-cookie'])).toContain('; Secure');
  });

  it('refuses a wrong password, an unknown account and a disabled one in the same words', async () => {
    const disabled = await api.account('OPS');
    await api.database.sql('UPDATE pgexport.users SET disabled = true WHERE id = $1', [disabled.id]);

    const refusals = await Promise.all([
      login({ email, password: 'wrong' }),
      login({ email: 'nobody@example.com', password: PASSWORD }),
      login({ email: disabled.email, password: PASSWORD }),
    ]);

    for (const { status, body, headers } of refusals) {
      expect({ status, code: body.code, cookie: headers['set-cookie'] }).toEqual({
        status: 401,
        code: 'invalid_credentials',
        cookie: undefined,
      });
    }
    expect(new Set(refusals.map(({ body }) => body.detail as string)).size).toBe(1);
  });

  it.each([
    [{ password: PASSWORD }, 'email'],
    [{ email: 'a@b', password: 7 }, 'password'],
    [{ email: 'a\0b', password: PASSWORD }, 'email'],
    [{ email: 'a@b', password: '' }, 'password'],
    [{ email: 'a@b', password: 'x'.repeat(1025) }, 'password'],
    [{ email: 'a@b', password: PASSWORD, admin: true }, 'admin: unknown field'],
  ])('refuses %j and names the field', async (body, field) => {
    const answer = await login(body).expect(400);

    expect(answer.body.code).toBe('invalid_request');
    expect(answer.body.detail).toContain(field);
  });

  it('keeps neither the password nor a token in the database as it is', async () => {
    const { cookie } = await api.signIn(email);
    const rows = JSON.stringify([
      await api.database.sql('SELECT * FROM pgexport.users'),
      await api.database.sql('SELECT * FROM pgexport.sessions'),
    ]);

    expect(rows).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
    expect(rows).not.toContain(PASSWORD);
    expect(rows).not.toContain(cookie.split('=')[1]);
  });
});

describe('refresh', () => {
  it('gives a new access token and a new refresh token, and the account as it is now', async () => {
    const person = await api.signIn(email);
    await api.database.sql(`UPDATE pgexport.users SET role = 'OPS' WHERE email = $1`, [email]);

    const { body, headers } = await refresh(person.cookie).expect(200);

    expect(body.user.role).toBe('OPS');
    expect(cookieOf(headers['set-cookie'])).toMatch(/^pgx_refresh=.{40,}$/);
    expect(cookieOf(headers['set-cookie'])).not.toBe(person.cookie);
    await api
      .call('get', '/auth/me')
      .set('Authorization', `Bearer ${String(body.accessToken)}`)
      .expect(200);
  });

  it('lets two tabs send the same token at the same time', async () => {
    const { cookie } = await api.signIn(email);

    const answers = await Promise.all([refresh(cookie), refresh(cookie), refresh(cookie)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const next = answers.map(({ headers }) => cookieOf(headers['set-cookie'])).filter((value) => value !== '');
    expect(next).toHaveLength(1);
    await refresh(next[0] ?? '').expect(200);
  });

  it('goes on taking the last but one for ten seconds', async () => {
    const { cookie } = await api.signIn(email);
    await refresh(cookie).expect(200);
    await age(9);

    await refresh(cookie).expect(200);
  });

  it('ends the whole family when a replaced token comes back after that', async () => {
    const person = await api.signIn(email);
    const next = cookieOf((await refresh(person.cookie).expect(200)).headers['set-cookie']);
    await age(11);

    await refresh(person.cookie).expect(401);

    await refresh(next).expect(401);
    await me(person).expect(401);
  });

  it('ends it as well for a token that was replaced several times', async () => {
    const person = await api.signIn(email);
    const second = cookieOf((await refresh(person.cookie)).headers['set-cookie']);
    const third = cookieOf((await refresh(second)).headers['set-cookie']);

    await refresh(person.cookie).expect(401);

    await refresh(third).expect(401);
    await me(person).expect(401);
  });

  it('ends no session for a token that was made up with its id', async () => {
    const person = await api.signIn(email);
    const [{ id } = {}] = await api.database.sql('SELECT id FROM pgexport.sessions WHERE user_id = $1', [person.id]);
    const signature = person.cookie.split('.').at(-1) ?? '';

    await refresh(`pgx_refresh=${String(id)}.${'A'.repeat(43)}.${signature}`).expect(401);

    await me(person).expect(200);
  });

  it.each(['', 'pgx_refresh=', 'pgx_refresh=nonsense', 'pgx_refresh=%00', 'other=1'])(
    'answers 401 to the cookie "%s"',
    async (cookie) => {
      const { body } = await refresh(cookie).expect(401);
      expect(body.code).toBe('unauthenticated');
    },
  );

  it('does not outlive the session', async () => {
    const { cookie } = await api.signIn(email);
    await api.database.sql(`UPDATE pgexport.sessions SET expires_at = now()`);

    await refresh(cookie).expect(401);
  });
});

describe('logout', () => {
  it('by cookie ends access at once and clears the cookie', async () => {
    const person = await api.signIn(email);

    const { headers } = await api.call('post', '/auth/logout').set('Cookie', person.cookie).expect(204);

    expect(String(headers['set-cookie'])).toMatch(/^pgx_refresh=; Path=\/api\/v1\/auth; Expires=Thu, 01 Jan 1970/);
    await me(person).expect(401);
    await refresh(person.cookie).expect(401);
  });

  it('by bearer ends access at once', async () => {
    const person = await api.signIn(email);

    await api.call('post', '/auth/logout', person).expect(204);

    await me(person).expect(401);
    await refresh(person.cookie).expect(401);
  });

  it('ends no other session of the account', async () => {
    const [one, other] = [await api.signIn(email), await api.signIn(email)];

    await api.call('post', '/auth/logout', one).expect(204);

    await me(other).expect(200);
  });
});

describe('an account', () => {
  it('that is disabled loses access with its next request, and by refreshing', async () => {
    const person = await api.signIn(email);
    await api.database.sql('UPDATE pgexport.users SET disabled = true WHERE id = $1', [person.id]);

    await me(person).expect(401);
    await refresh(person.cookie).expect(401);
  });

  it('that is demoted loses its rights with its next request', async () => {
    const person = await api.signIn(email);
    await api.database.sql(`UPDATE pgexport.users SET role = 'OPS' WHERE id = $1`, [person.id]);

    await api.call('post', '/admin/db/export', person).expect(403);
    await api.call('get', '/admin/db/export', person).expect(200);
  });

  it('sees itself in me', async () => {
    const person = await api.signIn(email);

    const { body } = await me(person).expect(200);

    expect(body).toEqual({ id: person.id, email, role: 'SUPER_ADMIN', signsInWith: 'password' });
  });
});

describe('step-up', () => {
  it('is needed again some minutes after the password was given', async () => {
    const person = await api.signIn(email);
    const add = () =>
      api.call('post', '/admin/users', person).send({ email: 'new@example.com', password: PASSWORD, role: 'OPS' });
    await api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '301 s'`);

    expect((await add()).body.code).toBe('step_up_required');
    await api.call('post', '/auth/step-up', person).send({ password: 'wrong' }).expect(401);
    await add().expect(403);
    await api.call('post', '/auth/step-up', person).send({ password: PASSWORD }).expect(204);
    await add().expect(201);
  });
});
