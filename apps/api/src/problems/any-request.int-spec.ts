import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { type DescribedRoute, describedRoutes, pathWith } from '../testing/described-route.js';
import { NASTY_IDS, nastyRequests, NO_SUCH_ID } from '../testing/nasty-requests.js';
import { type RawAnswer, type RawRequest, sendRaw } from '../testing/raw-request.js';
import { type Person, RunningApi } from '../testing/running-api.js';

/** Another one each time: what failed is repeated with the seed that the name of the test tells. */
const SEED = randomInt(2 ** 31);
const RUNS_OF_ROUTE = 25;

let api: RunningApi;
let admin: Person;
let people: (Person | undefined)[];
let routes: DescribedRoute[];

beforeAll(async () => {
  api = await RunningApi.start({ EXPORT_MAX_QUEUED: '100000' });
  admin = await api.person('SUPER_ADMIN');
  people = [undefined, await api.person('OPS'), admin, await api.token(admin, ['exports:read', 'exports:create'])];
  routes = await describedRoutes(api);
});
afterAll(() => api.stop());

/** Never an error of ours, nothing of our inside, and every refusal in the one form (RFC 9457). */
function faultOf({ method, path }: RawRequest, { status, headers, text }: RawAnswer): string | null {
  // There is no worker here, and so not everything is ready.
  const isRefusal = status >= 400 && !path.startsWith('/health/ready');
  if (isRefusal && status >= 500) return `${String(status)} ${text}`;
  if (/\n\s+at |node_modules|\.[jt]s:\d+|SELECT |INSERT /.test(text)) return `A stack trace, or SQL: ${text}`;
  if (!isRefusal || method === 'HEAD') return null;
  if (headers['content-type'] !== 'application/problem+json') return `${String(status)}, but no problem+json: ${text}`;
  const { status: told, code, correlationId } = JSON.parse(text) as Record<string, unknown>;
  if (told !== status || typeof code !== 'string') return `${String(status)}, but the problem is ${text}`;
  return correlationId === headers['x-correlation-id'] ? null : 'It has two correlation ids.';
}

async function send(asked: RawRequest): Promise<RawAnswer> {
  const answer = await sendRaw(api.url, asked);
  const fault = faultOf(asked, answer);
  if (fault !== null) throw new Error(`${asked.method} ${asked.path.slice(0, 200)}: ${fault.slice(0, 1_000)}`);
  return answer;
}

it(`any request is answered decently (seed ${String(SEED)})`, async () => {
  const broken: string[] = [];
  for (const route of routes) {
    const requests = fc.asyncProperty(
      fc.constantFrom(...people),
      nastyRequests(route),
      async (by, { id, query, headers, contentType, body }) => {
        // Whoever signs out has nothing more to try.
        const person = route.path.endsWith('/logout') ? undefined : by;
        const path = `${pathWith(route, id)}${query === '' ? '' : `?${query}`}`;
        const authorization = person && { authorization: person.bearer };
        await send({
          method: route.method,
          path,
          headers: { ...headers, 'content-type': contentType, ...authorization },
          body,
        });
      },
    );
    const { failed, counterexample, errorInstance } = await fc.check(requests, { numRuns: RUNS_OF_ROUTE, seed: SEED });
    if (failed) broken.push(`${String(errorInstance)}\n${JSON.stringify(counterexample)}`);
  }

  expect(broken).toEqual([]);
});

it('an id that is none is answered 400 or 404 by every route that takes one', async () => {
  const wrong: string[] = [];
  for (const route of routes.filter(({ path }) => path.includes('{'))) {
    for (const id of NASTY_IDS) {
      const asked = { method: route.method, path: pathWith(route, id), headers: { authorization: admin.bearer } };
      const { status } = await send(asked);
      if (status !== 400 && status !== 404) wrong.push(`${asked.method} ${asked.path}: ${String(status)}`);
    }
  }

  expect(wrong).toEqual([]);
});

describe('a body that is none', () => {
  const deep = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

  it.each<[string, string | number[], number]>([
    ['of 10 MB', JSON.stringify({ a: 'x'.repeat(10 << 20) }), 413],
    ['nested deeply', deep(20_000), 400],
    ['nested deeply without an end', '['.repeat(50_000), 400],
    ['with an unknown field', '{"nobodyKnowsIt":1}', 400],
    ['of a wrong type', '[1]', 400],
    ['in broken UTF-8', [0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d], 400],
    ['with NUL in it', '{"a\\u0000b":"a\\u0000b"}', 400],
    ['of NUL bytes', Array<number>(64).fill(0), 400],
  ])('%s is refused by every route that takes one', async (_, bytes, expected) => {
    const body = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes);
    const headers = { authorization: admin.bearer, 'content-type': 'application/json' };
    const wrong: string[] = [];
    for (const route of routes.filter(({ bodyNames }) => bodyNames !== null)) {
      const asked = { method: route.method, path: pathWith(route, NO_SUCH_ID), headers, body };
      const { status } = await send(asked);
      if (status !== expected) wrong.push(`${asked.method} ${asked.path}: ${String(status)}`);
    }

    expect(wrong).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', '\ud800'],
    ['a negative fraction', -0.5],
    ['an object', { a: 1 }],
    ['null', null],
    ['a list of long text', ['x'.repeat(9_000)]],
  ])('with %s in any of its fields is refused by every route that takes it', async (_, value) => {
    const headers = { authorization: admin.bearer, 'content-type': 'application/json' };
    const taken: string[] = [];
    for (const route of routes) {
      for (const name of route.bodyNames ?? []) {
        const body = Buffer.from(JSON.stringify({ [name]: value }));
        const { status } = await send({ method: route.method, path: pathWith(route, NO_SUCH_ID), headers, body });
        if (![400, 401, 404, 422, 429].includes(status))
          taken.push(`${route.method} ${route.path} ${name}: ${String(status)}`);
      }
    }

    expect(taken).toEqual([]);
  });

  it('of 10 MB is read no further than it may be, whoever sends it and wherever to', async () => {
    const body = Buffer.alloc(10 << 20, ' ');
    for (const route of routes.filter(({ method }) => method === 'POST')) {
      const path = pathWith(route, NO_SUCH_ID);
      const { status } = await send({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body });
      expect([path, status]).toEqual([path, 413]);
    }
  });
});

describe('what a route does not declare', () => {
  const asAdmin = () => ({ authorization: admin.bearer, 'content-type': 'application/json' });
  /** The provider may say more than the standard asks it to, and a probe what it likes. */
  const isOpen = ({ path }: DescribedRoute) => path.endsWith('/oidc/callback') || isProbed(path);
  const isProbed = (path: string) => path.startsWith('/health/');

  it('is refused in every query, with its name', async () => {
    const taken: string[] = [];
    for (const route of routes.filter((each) => !isOpen(each))) {
      const path = `${pathWith(route, NO_SUCH_ID)}?nobodyKnowsIt=1`;
      const { status, text } = await send({ method: route.method, path, headers: asAdmin() });
      if (status !== 400 || !text.includes('nobodyKnowsIt: unknown field'))
        taken.push(`${route.method} ${path}: ${String(status)} ${text.slice(0, 200)}`);
    }

    expect(taken).toEqual([]);
  });

  it('is no reason to call a living service dead', async () => {
    expect(await send({ method: 'GET', path: '/health/live?probe=7' })).toMatchObject({ status: 200 });
  });

  it('is refused in every body, with its name, also by routes that take none', async () => {
    const taken: string[] = [];
    for (const route of routes.filter(({ path }) => !isProbed(path))) {
      const path = pathWith(route, NO_SUCH_ID);
      const body = Buffer.from('{"nobodyKnowsIt":1}');
      const headers = { ...asAdmin(), 'content-length': String(body.length) };
      const { status, text } = await send({ method: route.method, path, headers, body });
      if (status !== 400 || !text.includes('nobodyKnowsIt: unknown field'))
        taken.push(`${route.method} ${path}: ${String(status)} ${text.slice(0, 200)}`);
    }

    expect(taken).toEqual([]);
  });

  it.each(['[]', '["a"]', 'null', '"text"', '7'])(
    'is a body that is no object, and %s is none: every route refuses it',
    async (text) => {
      const taken: string[] = [];
      for (const route of routes.filter(({ path }) => !isProbed(path))) {
        const path = pathWith(route, NO_SUCH_ID);
        const headers = { ...asAdmin(), 'content-length': String(text.length) };
        const asked = { method: route.method, path, headers, body: Buffer.from(text) };
        const { status } = await send(asked);
        if (status !== 400) taken.push(`${route.method} ${path}: ${String(status)}`);
      }

      expect(taken).toEqual([]);
    },
  );

  it('is not an object without fields, as some clients send with every POST', async () => {
    const { id } = await api.queued(admin);
    const path = `/api/v1/admin/db/export/${id}/cancel`;
    const { status } = await send({ method: 'POST', path, headers: asAdmin(), body: Buffer.from('{}') });

    expect(status).toBe(202);
  });
});

it('a method that a path does not have is answered 405 with those that it has (RFC 9110 §15.5.6), whoever asks', async () => {
  const methods = new Map<string, string[]>();
  for (const { method, path } of routes) {
    const both = method === 'GET' ? ['GET', 'HEAD'] : [method];
    methods.set(path, [...(methods.get(path) ?? []), ...both]);
  }
  for (const path of ['/api/openapi.json', '/api/docs']) methods.set(path, ['GET', 'HEAD']);
  const wrong: string[] = [];
  for (const [path, has] of methods) {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      // To whom `estimate` is an id that is none.
      const isTaken = path.endsWith('/estimate') && ['GET', 'HEAD', 'DELETE'].includes(method);
      if (has.includes(method) || isTaken) continue;
      for (const form of [path, `${path}/`, path.replace('/api/', '/API/')]) {
        const { status, headers } = await send({ method, path: form.replace(/\{\w+\}/g, NO_SUCH_ID) });
        const allow = String(headers['allow']).split(', ').sort().join(', ');
        if (status !== 405 || allow !== [...has].sort().join(', ')) {
          wrong.push(`${method} ${form}: ${String(status)} ${allow}`);
        }
      }
    }
  }

  expect(wrong).toEqual([]);
});
