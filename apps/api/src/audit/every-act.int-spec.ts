import { AuditLedger, SessionStore, UserDirectory } from '#lib/database';
import { readServerKey } from '../access/server-keys.js';
import { RouteInspection } from '../access/route-inspection.js';
import { Authenticator } from '../testing/authenticator.js';
import { Browser, targetOf } from '../testing/browser.js';
import { NO_SUCH_ID } from '../testing/nasty-requests.js';
import { OidcIssuer } from '../testing/oidc-issuer.js';
import { cookieOf, PASSWORD, type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';
import { Operator } from '../users/operator.js';
import { actsOfMachine } from './acts-of-machine.js';

let issuer: OidcIssuer;
let api: RunningApi;
let admin: Person;
let operator: Operator;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  api = await RunningApi.start(issuer.environment);
  const key = await readServerKey(api.config.secretsDir, 'audit-trail.key');
  operator = new Operator(api.app.get(UserDirectory), actsOfMachine(api.app.get(AuditLedger), key));
  admin = await api.person('SUPER_ADMIN');
});
afterAll(async () => {
  await issuer.stop();
  await api.stop();
});

const EXPORTS = '/admin/db/export';
const call = (route: string, by?: Person) => {
  const [method = '', path = ''] = route.split(' ');
  return api.call(method.toLowerCase() as 'get', path.startsWith('/health/') ? `/${path}` : path, by);
};

/** Gets ready, and returns the act itself. */
type Act = () => Promise<() => PromiseLike<unknown>>;

/** A plain call, by a SUPER_ADMIN who has just signed in. */
const plain =
  (route: string, body?: object): Act =>
  () =>
    Promise.resolve(async () => {
      const sent = call(route, admin);
      return body === undefined ? await sent : await sent.send(body);
    });
/** As another account, so that nothing happens to the others' session. */
const asAnother =
  (route: string, body?: object): Act =>
  async () => {
    const person = await api.person('SUPER_ADMIN');
    return () => call(route, person).send(body);
  };
const onExport =
  (route: string, state: 'queued' | 'ready'): Act =>
  async () => {
    const { id } = await (state === 'queued' ? api.queued(admin) : api.ready(admin, Buffer.from('file')));
    return () => call(route.replace(':id', id), admin);
  };
const onAccount =
  (route: string, body?: object): Act =>
  async () => {
    const { id } = await api.account('OPS');
    return () => call(route.replace(':id', id), admin).send(body);
  };

/** Signs in at the provider, and comes back by the last request. */
const atProvider =
  (login: string, purpose: 'sign-in' | 'step-up', as = login): Act =>
  async () => {
    const browser = new Browser();
    const come = async (who: string, query: string) => {
      const start = `${api.url}/api/v1/auth/oidc/start${query}`;
      const callback = `${api.url}/api/v1/auth/oidc/callback`;
      return issuer.signIn(browser, targetOf(await browser.open(start), start), who, callback);
    };
    issuer.accounts.set(login, { roles: ['admins'] });
    issuer.accounts.set(as, { roles: ['admins'] });
    if (purpose === 'step-up') await browser.open(await come(login, ''));
    if (as !== login) browser.forget(issuer.url);
    const back = await come(as, `?purpose=${purpose}`);
    return () => browser.open(back);
  };

/** What was written down, in order: `action outcome`. */
const ROWS: [what: string, writes: string, act: Act][] = [
  [
    'POST /auth/login',
    'login done',
    async () => {
      const { email } = await api.account('OPS');
      return () => call('POST /auth/login').send({ email, password: PASSWORD });
    },
  ],
  // Each page does so every few minutes: see docs/security.md.
  [
    'POST /auth/refresh',
    '',
    async () => {
      const { cookie } = await api.person('OPS');
      return () => call('POST /auth/refresh').set('Cookie', cookie);
    },
  ],
  [
    'POST /auth/refresh with a token that was replaced long ago',
    'session.reuse done',
    async () => {
      const { cookie, sessionId } = await api.person('OPS');
      const next = await call('POST /auth/refresh').set('Cookie', cookie);
      await call('POST /auth/refresh').set('Cookie', cookieOf(next.headers['set-cookie']));
      expect(await api.app.get(SessionStore).alive(sessionId)).not.toBeNull();
      return () => call('POST /auth/refresh').set('Cookie', cookie);
    },
  ],
  ['GET /auth/me', '', plain('GET /auth/me')],
  ['POST /auth/step-up', 'step-up asked, step-up done', plain('POST /auth/step-up', { password: PASSWORD })],
  ['GET /auth/methods', '', plain('GET /auth/methods')],
  ['GET /auth/oidc/start', '', plain('GET /auth/oidc/start')],
  [
    'GET /auth/oidc/callback, the first time',
    'account.create asked, account.create done, login done',
    atProvider('ada', 'sign-in'),
  ],
  ['GET /auth/oidc/callback', 'login done', atProvider('ada', 'sign-in')],
  ['GET /auth/oidc/callback to step up', 'step-up asked, step-up done', atProvider('ada', 'step-up')],
  [
    'GET /auth/oidc/callback to step up as another',
    'step-up asked, account.create asked, account.create done, step-up refused',
    atProvider('ada', 'step-up', 'anna'),
  ],
  ['GET /auth/totp', '', plain('GET /auth/totp')],
  ['POST /auth/totp', 'totp.begin asked, totp.begin done', asAnother('POST /auth/totp')],
  [
    'POST /auth/totp/confirm',
    'totp.enable asked, totp.enable done',
    async () => {
      const person = await api.person('OPS');
      const app = await Authenticator.begin(api, person);
      return () => call('POST /auth/totp/confirm', person).send({ code: app.code() });
    },
  ],
  [
    'DELETE /auth/totp',
    'totp.disable asked, totp.disable done',
    async () => {
      const person = await api.person('OPS');
      await Authenticator.enrol(api, person);
      return () => call('DELETE /auth/totp', person);
    },
  ],
  [
    'POST /auth/password',
    'password.change asked, password.change done',
    asAnother('POST /auth/password', { password: 'another one' }),
  ],
  ['GET /auth/sessions', '', plain('GET /auth/sessions')],
  [
    'DELETE /auth/sessions/:id',
    'session.end asked, session.end done',
    async () => {
      const { sessionId } = await api.signIn(admin.email);
      return () => call(`DELETE /auth/sessions/${sessionId}`, admin);
    },
  ],
  ['GET /admin/users', '', plain('GET /admin/users')],
  [
    'POST /admin/users',
    'account.create asked, account.create done',
    plain('POST /admin/users', { email: 'n@e', password: PASSWORD, role: 'OPS' }),
  ],
  [
    'PATCH /admin/users/:id',
    'account.change asked, account.change done',
    onAccount('PATCH /admin/users/:id', { disabled: true }),
  ],
  [
    'POST /admin/users/:id/reset-password',
    'account.reset-password asked, account.reset-password done',
    onAccount('POST /admin/users/:id/reset-password'),
  ],
  [
    'POST /admin/users/:id/reset-totp',
    'account.reset-totp asked, account.reset-totp done',
    onAccount('POST /admin/users/:id/reset-totp'),
  ],
  ['GET /admin/tokens', '', plain('GET /admin/tokens')],
  [
    'POST /admin/tokens',
    'token.create asked, token.create done',
    plain('POST /admin/tokens', { name: 'n', scopes: ['exports:read'] }),
  ],
  [
    'DELETE /admin/tokens/:id',
    'token.revoke asked, token.revoke done',
    async () => {
      const { sessionId } = await api.token(admin, ['exports:read']);
      return () => call(`DELETE /admin/tokens/${sessionId}`, admin);
    },
  ],
  ['POST /admin/db/export', 'export asked, export done', plain('POST /admin/db/export', {})],
  // It looks, and does nothing.
  ['POST /admin/db/export/estimate', '', plain('POST /admin/db/export/estimate', {})],
  ['GET /admin/db/export', '', plain('GET /admin/db/export')],
  ['GET /admin/db/export/:id', '', onExport(`GET ${EXPORTS}/:id`, 'queued')],
  ['GET /admin/db/export/:id/events', '', onExport(`GET ${EXPORTS}/:id/events`, 'ready')],
  ['GET /admin/db/export/:id/tables', '', onExport(`GET ${EXPORTS}/:id/tables`, 'queued')],
  ['POST /admin/db/export/:id/cancel', 'cancel asked, cancel done', onExport(`POST ${EXPORTS}/:id/cancel`, 'queued')],
  ['DELETE /admin/db/export/:id', 'delete asked, delete done', onExport(`DELETE ${EXPORTS}/:id`, 'ready')],
  ['GET /admin/db/export/:id/file', 'download asked, download completed', onExport(`GET ${EXPORTS}/:id/file`, 'ready')],
  [
    'GET /admin/db/export/:id/file that is not there yet',
    'download asked, download refused',
    onExport(`GET ${EXPORTS}/:id/file`, 'queued'),
  ],
  [
    'POST /admin/db/export/:id/download-link',
    'download-link asked, download-link done',
    onExport(`POST ${EXPORTS}/:id/download-link`, 'ready'),
  ],
  ['GET /admin/db/databases', '', plain('GET /admin/db/databases')],
  ['GET /admin/db/databases/:name/tables', '', plain('GET /admin/db/databases/main/tables')],
  ['GET /admin/audit', '', plain('GET /admin/audit')],
  [
    'GET /admin/audit as NDJSON',
    'audit.export asked, audit.export completed',
    () =>
      Promise.resolve(async () => {
        const headers = { authorization: admin.bearer, accept: 'application/x-ndjson' };
        await (await fetch(`${api.url}/api/v1/admin/audit`, { headers })).text();
      }),
  ],
  ['GET /health/live', '', plain('GET /health/live')],
  ['GET /health/ready', '', plain('GET /health/ready')],
  [
    'POST /auth/logout',
    'logout done',
    async () => {
      const { cookie } = await api.person('OPS');
      return () => call('POST /auth/logout').set('Cookie', cookie);
    },
  ],
  ['POST /auth/logout of nobody', '', () => Promise.resolve(() => call('POST /auth/logout'))],
  // The commands on the machine; `setup` makes the first account.
  [
    'npm run user -- create',
    'account.create asked, account.create done',
    () => Promise.resolve(() => operator.obey(['create', 'm@e'])),
  ],
  [
    'npm run user -- create, twice',
    'account.create asked, account.create refused',
    () => Promise.resolve(() => operator.obey(['create', 'm@e']).catch(() => null)),
  ],
  [
    'npm run user -- reset-password',
    'account.reset-password asked, account.reset-password done',
    async () => {
      const { email } = await api.account('OPS');
      return () => operator.obey(['reset-password', email]);
    },
  ],
  [
    'setup, where there is a SUPER_ADMIN',
    '',
    () => Promise.resolve(() => operator.makeFirst('first@example.com', PASSWORD).then(() => undefined)),
  ],
  [
    'setup',
    'account.create asked, account.create done',
    async () => {
      await api.database.sql(`UPDATE pgexport.users SET role = 'OPS'`);
      return async () => {
        await operator.makeFirst('first@example.com', PASSWORD);
        await api.database.sql(`UPDATE pgexport.users SET role = 'SUPER_ADMIN' WHERE id = $1`, [admin.id]);
      };
    },
  ],
];

const recordsAfter = async (seq: number) => {
  const events = await api.app.get(AuditLedger).newestFirst(20, null);
  return events.filter((event) => event.seq > seq).reverse();
};
const lastSeq = async () => (await api.app.get(AuditLedger).head())?.seq ?? 0;

it.each(ROWS)('%s writes "%s"', async (_, writes, prepare) => {
  const act = await prepare();
  const before = await lastSeq();
  await act();
  const expected = writes === '' ? [] : writes.split(', ');
  // The end of a download is written down a moment after its last byte.
  await until('all is written', async () => (await recordsAfter(before)).length >= expected.length);

  const records = await recordsAfter(before);
  expect(records.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(expected);
  for (const { actor, target, outcome } of records) {
    expect(actor).not.toBeNull();
    if (outcome === 'done' && actor?.via !== 'session') expect(target).not.toBeNull();
  }
});

/** The route of a row, without what is said about it. */
const routeOf = ([what]: (typeof ROWS)[number]) => /^[A-Z]+ \/[^ ,]*/.exec(what)?.[0];

it('has a row for every route of the running application', () => {
  const routes = api.app.get(RouteInspection).routes();

  expect(new Set(ROWS.map(routeOf).filter((route) => route !== undefined))).toEqual(
    new Set(routes.map(({ method, path }) => `${method} ${path}`)),
  );
});

it('lets no route do anything in silence but those that only look', () => {
  const silent = api.app
    .get(RouteInspection)
    .routes()
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !route.startsWith('GET '))
    .filter((route) => ROWS.filter((row) => routeOf(row) === route).every(([, writes]) => writes === ''));

  expect(silent).toEqual(['POST /admin/db/export/estimate']);
});

it('writes down every refusal of somebody who is known, whatever they ask for', async () => {
  const ops = await api.person('OPS');
  const unwritten: string[] = [];
  for (const { method, path } of api.app.get(RouteInspection).routes()) {
    const before = await lastSeq();
    const route = `${method} ${path}`;
    const { status } = await call(route.replace(':id', NO_SUCH_ID).replace(':name', 'main'), ops);
    const records = await recordsAfter(before);
    if (status === 403 && records.at(-1)?.outcome !== 'refused') unwritten.push(route);
  }

  expect(unwritten).toEqual([]);
});
