import { jest } from '@jest/globals';
import { Browser, targetOf } from '../testing/browser.js';
import { OidcIssuer } from '../testing/oidc-issuer.js';
import { type Person, RunningApi } from '../testing/running-api.js';

const START = '/api/v1/auth/oidc/start';
const CALLBACK = '/api/v1/auth/oidc/callback';

let issuer: OidcIssuer;
let api: RunningApi;
let browser: Browser;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  issuer.accounts.set('anna', { roles: ['admins'], email: 'anna@example.com' });
  issuer.accounts.set('otto', { roles: ['operators'] });
  issuer.accounts.set('emil', { roles: [] });
  api = await RunningApi.start(issuer.environment);
});
// The last test has stopped the provider.
afterAll(() => api.stop());
beforeEach(() => {
  browser = new Browser();
});

const at = (path: string) => `${api.url}${path}`;

/** Up to the address that the provider sends the browser back to. */
async function authenticate(login = 'anna', query = ''): Promise<string> {
  const start = at(`${START}${query}`);
  return issuer.signIn(browser, targetOf(await browser.open(start), start), login, at(CALLBACK));
}

const flows = () => browser.cookieNames(api.url).filter((name) => name.startsWith('pgx_oidc'));

async function signIn(login = 'anna', query = ''): Promise<string> {
  const callback = await authenticate(login, query);
  return targetOf(await browser.open(callback), callback).slice(api.url.length);
}

/** What the page does when it opens. */
async function refresh(): Promise<Person> {
  const answer = await browser.open(at('/api/v1/auth/refresh'), { method: 'POST' });
  const body = (await answer.json()) as { accessToken: string; user: { id: string; email: string } };
  const [, claims = ''] = body.accessToken.split('.');
  const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string };
  return { ...body.user, sessionId: sid, bearer: `Bearer ${body.accessToken}`, cookie: '' };
}
const isSignedIn = () => browser.cookie(api.url, 'pgx_refresh') !== undefined;
const addUser = (by: Person) => api.call('post', '/admin/users', by);
/** So long ago the provider was last told who somebody is. */
const age = ({ sessionId }: Person) =>
  api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour' WHERE id = $1`, [sessionId]);

describe('signing in at the identity provider', () => {
  it('is one of the ways that the page is told of', async () => {
    const { body } = await api.call('get', '/auth/methods').expect(200);

    expect(body).toEqual({ password: true, oidc: { startUrl: START, issuer: issuer.url } });
  });

  it('asks with PKCE, a state and a nonce, each time anew', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(async () => new URL(targetOf(await new Browser().open(at(START)), at(START))).searchParams),
    );

    expect(Object.fromEntries(one ?? [])).toMatchObject({
      response_type: 'code',
      client_id: 'pg-export',
      redirect_uri: at(CALLBACK),
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one?.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one?.get(name)).not.toBe(other?.get(name));
    }
  });

  it('opens a session of ours, with a refresh cookie, and goes back to the page', async () => {
    expect(await signIn('anna', '?returnTo=/fr/maintenance')).toBe('/fr/maintenance');

    const anna = await refresh();
    expect(anna.email).toBe('anna@example.com');
    await api.call('get', '/admin/users', anna).expect(200);
    expect((await addUser(anna)).status).toBe(400);
    expect((await api.call('get', '/auth/me', anna)).body).toMatchObject({ role: 'SUPER_ADMIN', signsInWith: 'oidc' });
  });

  it('is the same account as by a bearer token', async () => {
    await signIn();
    const { body } = await api
      .call('get', '/auth/me')
      .set('Authorization', `Bearer ${await issuer.accessToken('anna')}`);

    expect(body.id).toBe((await refresh()).id);
  });

  it('counts as a step-up only as far as they have just proven who they are', async () => {
    await signIn();
    await age(await refresh());
    // The provider still knows the browser, and asks for nothing.
    const sessions = await api.database.sql(`SELECT count(*)::int AS n FROM pgexport.sessions`);
    await signIn('nobody is asked');
    expect(await api.database.sql(`SELECT count(*)::int AS n FROM pgexport.sessions`)).not.toEqual(sessions);
    const [row] = await api.database.sql(
      `SELECT created_at - stepped_up_at >= interval '0 s' AS "notLater" FROM pgexport.sessions ORDER BY created_at DESC LIMIT 1`,
    );
    expect(row).toEqual({ notLater: true });
  });

  it('keeps what is under way in a cookie that scripts and other paths do not see', async () => {
    const answer = await browser.open(at(START));
    const [cookie = ''] = answer.headers.getSetCookie();

    expect(cookie.split('; ')).toEqual(
      expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/api/v1/auth/oidc', 'Max-Age=3600']),
    );
    const state = new URL(targetOf(answer, at(START))).searchParams.get('state') ?? '';
    expect(cookie).not.toContain(state);
  });

  it('works in two tabs at once, and leaves no cookie of what was under way behind', async () => {
    const slow = await authenticate('anna', '?returnTo=/fr/history');
    const quick = await authenticate('anna', '?returnTo=/en');
    expect(flows()).toHaveLength(2);

    expect(targetOf(await browser.open(quick), quick)).toBe(at('/en'));
    expect(targetOf(await browser.open(slow), slow)).toBe(at('/fr/history'));
    expect(flows()).toEqual([]);
  });

  it('keeps no more than a few under way in one browser, the newest', async () => {
    const callbacks: string[] = [];
    for (let tabs = 0; tabs < 7; tabs++) callbacks.push(await authenticate());
    expect(flows()).toHaveLength(4);

    const came = await Promise.all(callbacks.map(async (callback) => targetOf(await browser.open(callback), callback)));
    expect(came.map((target) => target === at('/'))).toEqual([false, false, false, true, true, true, true]);
  });

  it('makes room for a new one where cookies are none of ours', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) browser.setCookie(api.url, `pgx_oidc_${name}`, 'x');
    expect(await signIn('anna', '?returnTo=/en')).toBe('/en');
    expect(isSignedIn()).toBe(true);
  });

  it('lives for half a day at most, since what the provider withdraws meanwhile is not heard of', async () => {
    await signIn();
    const [row] = await api.database.sql(
      `SELECT round(extract(epoch FROM expires_at - created_at) / 3600)::int AS hours FROM pgexport.sessions ORDER BY created_at DESC LIMIT 1`,
    );

    expect(row).toEqual({ hours: 12 });
  });
});

describe('nobody is signed in', () => {
  it('without a role', async () => {
    expect(await signIn('emil', '?returnTo=/en')).toBe('/en?signInError=forbidden');
    expect(isSignedIn()).toBe(false);
  });

  it('whose account is switched off here', async () => {
    issuer.accounts.set('dora', { roles: ['admins'] });
    await signIn('dora');
    await api.database.sql(`UPDATE pgexport.users SET disabled = true WHERE oidc_subject = 'dora'`);
    browser = new Browser();

    expect(await signIn('dora')).toBe('/?signInError=forbidden');
    expect(isSignedIn()).toBe(false);
  });

  it('who comes with the code that another browser has got', async () => {
    const callback = await authenticate();
    const victim = new Browser();
    expect(targetOf(await victim.open(callback), callback)).toBe(at('/?signInError=unauthenticated'));

    await victim.open(at(START));
    expect(targetOf(await victim.open(callback), callback)).toBe(at('/?signInError=unauthenticated'));
    expect(victim.cookie(api.url, 'pgx_refresh')).toBeUndefined();
  });

  it('who comes a second time with the same code', async () => {
    const callback = await authenticate();
    const [name = ''] = flows();
    const flow = browser.cookie(api.url, name) ?? '';
    await browser.open(callback);
    const again = new Browser();
    again.setCookie(api.url, name, flow);

    expect(targetOf(await again.open(callback), callback)).toBe(at('/?signInError=unauthenticated'));
  });

  it.each<[string, (url: URL) => void]>([
    ['another state', (url) => url.searchParams.set('state', 'x')],
    ['another code', (url) => url.searchParams.set('code', 'x')],
    ['no code', (url) => url.searchParams.delete('code')],
    ['another issuer', (url) => url.searchParams.set('iss', 'https://evil.example.com')],
    ['an error instead', (url) => url.searchParams.set('error', 'access_denied')],
    ['two states', (url) => url.searchParams.append('state', 'x')],
  ])('who comes back with %s', async (_, change) => {
    const callback = new URL(await authenticate());
    change(callback);

    expect(targetOf(await browser.open(callback.href), callback.href)).toBe(at('/?signInError=unauthenticated'));
    expect(isSignedIn()).toBe(false);
  });

  it('who has changed the cookie, or has the one of another sign-in', async () => {
    await browser.open(at(START));
    const [other = ''] = flows();
    const ofAnother = browser.cookie(api.url, other) ?? '';
    for (const change of [
      () => 'x',
      () => 'A'.repeat(200),
      (c: string) => c.replace(/^.{5}/, 'AAAAA'),
      () => ofAnother,
    ]) {
      const callback = await authenticate();
      const name = flows().find((one) => one !== other) ?? '';
      browser.setCookie(api.url, name, change(browser.cookie(api.url, name) ?? ''));
      expect(targetOf(await browser.open(callback), callback)).toContain('/?signInError=unauthenticated');
      expect(isSignedIn()).toBe(false);
    }
  });

  it('who was too slow, who goes back to the page all the same', async () => {
    const callback = await authenticate('anna', '?returnTo=/fr/stepped-up/question-1');
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11 * 60_000);
    const target = targetOf(await browser.open(callback), callback);
    clock.mockRestore();
    expect(target).toBe(at('/fr/stepped-up/question-1?signInError=unauthenticated'));
    expect(isSignedIn()).toBe(false);
    expect(flows()).toEqual([]);
  });
});

describe('the page to return to', () => {
  it.each([
    'https://evil.example.com',
    '//evil.example.com',
    '/\\evil.example.com',
    '/api/v1/auth/logout',
    '/en/../x',
    '/en?x=1',
  ])('is never %s', async (returnTo) => {
    const { body } = await api.call('get', `/auth/oidc/start?returnTo=${encodeURIComponent(returnTo)}`).expect(400);
    expect(body.detail).toContain('returnTo');
  });
});

describe('stepping up at the identity provider', () => {
  it('asks for the password there again, in the session that there is', async () => {
    await signIn();
    const before = await refresh();
    await age(before);
    expect((await addUser(before)).body.code).toBe('step_up_required');

    const start = at(`${START}?purpose=step-up&returnTo=/en`);
    const target = new URL(targetOf(await browser.open(start), start));
    expect(Object.fromEntries(target.searchParams)).toMatchObject({ prompt: 'login', max_age: '0' });
    const callback = await issuer.signIn(browser, target.href, 'anna', at(CALLBACK));
    expect(targetOf(await browser.open(callback), callback)).toBe(at('/en'));

    expect((await addUser(before)).status).toBe(400);
    expect((await refresh()).sessionId).toBe(before.sessionId);
  });

  it('fills no trail with the step-ups of a session that is over', async () => {
    await signIn();
    const { sessionId } = await refresh();
    const start = at(`${START}?purpose=step-up`);
    const target = targetOf(await browser.open(start), start);
    await api.database.sql('UPDATE pgexport.sessions SET ended_at = now() WHERE id = $1', [sessionId]);
    const records = () => api.database.sql(`SELECT 1 FROM pgexport.audit_events WHERE action = 'step-up'`);
    const before = await records();
    const callback = await issuer.signIn(browser, target, 'anna', at(CALLBACK));

    expect(targetOf(await browser.open(callback), callback)).toBe(at('/?signInError=unauthenticated'));
    expect(await records()).toEqual(before);
  });

  it('does nothing when somebody else signs in, or nobody is signed in', async () => {
    await signIn();
    const anna = await refresh();
    await age(anna);
    browser.forget(issuer.url);

    expect(await signIn('otto', '?purpose=step-up')).toBe('/?signInError=another_account');
    expect((await addUser(anna)).body.code).toBe('step_up_required');
    expect((await refresh()).id).toBe(anna.id);
    browser = new Browser();
    const start = at(`${START}?purpose=step-up`);
    expect(targetOf(await browser.open(start), start)).toBe(at('/?signInError=unauthenticated'));
  });

  it('is of the account that the page shows, and of no other that has signed in beside it meanwhile', async () => {
    await signIn();
    const anna = await refresh();
    browser.forget(issuer.url);
    await signIn('otto');
    const otto = await refresh();

    const start = (account: string) => at(`${START}?purpose=step-up&returnTo=/en&account=${account}`);
    expect(targetOf(await browser.open(start(anna.id)), start(anna.id))).toBe(
      at('/en?signInError=signed_in_as_another'),
    );
    expect(targetOf(await browser.open(start(otto.id)), start(otto.id))).toContain(issuer.url);
  });
});

it('while the provider is away, a sign-in is told so, and known keys and passwords are still good', async () => {
  await signIn();
  const callback = await authenticate();
  const token = await issuer.sign({ exp: Math.floor(Date.now() / 1_000) + 600 });
  await api.call('get', '/auth/me').set('Authorization', `Bearer ${token}`).expect(200);
  await issuer.stop();

  expect(targetOf(await browser.open(callback), callback)).toBe(at('/?signInError=identity_provider_unavailable'));
  await api.call('get', '/auth/me').set('Authorization', `Bearer ${token}`).expect(200);
  await api.call('get', '/auth/me', await refresh()).expect(200);
  await api.person('OPS');
});
