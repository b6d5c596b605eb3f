import { gzipSync } from 'node:zlib';
import { type Person, RunningApi } from '../testing/running-api.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const EXPORTS = '/admin/db/export';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());

/** Not by supertest, which makes its own of a body. */
async function post(sent: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${api.url}/api/v1${EXPORTS}`, {
    method: 'POST',
    headers: { Authorization: admin.bearer, 'Content-Type': 'application/json', ...headers },
    body: sent,
  });
  const body = (await answer.json()) as Record<string, string>;
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
}

it('has every field of RFC 9457, the code and the correlation id', async () => {
  const { status, headers, body } = await post('{"format":');

  expect(status).toBe(400);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(body).toEqual({
    type: 'urn:pg-export:problem:invalid_request',
    title: 'Bad Request',
    status: 400,
    detail: expect.any(String),
    code: 'invalid_request',
    correlationId: expect.stringMatching(UUID),
  });
  expect(headers['x-correlation-id']).toBe(body['correlationId']);
});

it.each<[string, string | Buffer<ArrayBuffer>, string]>([
  ['malformed JSON', '{"format": custom}', 'JSON'],
  ['an unknown field', '{"formatt": "custom"}', 'formatt: unknown field'],
  ['a field that means something to JavaScript', '{"constructor": {"prototype": 1}}', 'constructor: unknown field'],
  ['a prototype', '{"__proto__": {"format": "custom"}}', '__proto__: unknown field'],
  ['two unknown fields', '{"a": 1, "b": 2}', 'a: unknown field; b: unknown field'],
  ['a wrong type', '{"noOwner": "yes"}', 'noOwner: '],
  ['a number that is not whole', '{"compressionLevel": 1.5}', 'compressionLevel: '],
  ['a value that does not exist', '{"format": "tar"}', 'format: '],
  ['null', 'null', ''],
  ['a list', '[]', ''],
  ['text', '"custom"', ''],
  ['NUL bytes', '{"note": "a\\u0000b"}', 'note: must not contain NUL'],
  ['half a surrogate pair', '{"note": "a\\ud800b"}', 'note: '],
  ['a note that is too long', JSON.stringify({ note: 'x'.repeat(201) }), 'note: '],
  ['deep nesting', `{"note": ${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'note: '],
  ['deep nesting without an end', '['.repeat(90_000), 'JSON'],
  [
    'broken UTF-8',
    Buffer.concat([Buffer.from('{"format": "'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    'format: ',
  ],
])('refuses a body with %s', async (_, body, words) => {
  const answer = await post(body);

  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'invalid_request' });
  expect(answer.body['detail']).toContain(words);
});

it('answers 413 to a body of 1 MB', async () => {
  const { status, body } = await post(JSON.stringify({ note: 'x'.repeat(1 << 20) }));

  expect({ status, ...body }).toMatchObject({
    status: 413,
    code: 'payload_too_large',
    correlationId: expect.stringMatching(UUID),
  });
});

it('answers 413 to a small body that grows to 100 MB', async () => {
  const { status } = await post(gzipSync(Buffer.alloc(100 << 20, ' ')), { 'Content-Encoding': 'gzip' });

  expect(status).toBe(413);
});

it.each([
  ['application/x-www-form-urlencoded', 'format=custom'],
  ['text/plain', '{"content":"schema"}'],
  ['application/json; charset=nonsense', '{}'],
])('refuses a body of %s rather than exporting by the defaults', async (type, body) => {
  const answer = await post(body, { 'Content-Type': type });

  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status: 400, code: 'invalid_request' });
});

describe.each([
  ['not-a-uuid', 400],
  ['%2e%2e%2f', 400],
  ['..%2f..%2fetc%2fpasswd', 400],
  ["1'%20OR%20'1'='1", 400],
  ['%00', 400],
  ['%ff', 400],
  ['01900000-0000-7000-8000-000000000000%0a', 400],
  ['x'.repeat(5000), 400],
  ['01900000-0000-7000-8000-000000000000', 404],
])('the id %s', (id, status) => {
  it.each(['get ', 'delete ', 'post /cancel', 'get /file', 'head /file', 'post /download-link'])(
    'is answered %s with that status',
    async (route) => {
      const [method = '', rest = ''] = route.split(' ');
      const answer = await api.call(method as 'get', `${EXPORTS}/${id}${rest}`, admin);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    },
  );
});

it('answers 404 to a path that does not exist, in the API and beside it', async () => {
  for (const path of ['/nothing', '/admin/db/export/a/b/c', '//nothing', '//health/nothing', '//api/v2/auth/me']) {
    const { status, body } = await api.call('get', path, admin);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
  }
});

it('answers a method that a path does not have with those that it has', async () => {
  const { body, headers } = await api.call('put', EXPORTS, admin).expect(405);

  expect([body.code, headers['allow']]).toEqual(['method_not_allowed', 'GET, HEAD, POST']);
});

it.each(['0x10', '1e1', '%205%20', '+5', '5.0', '', '1,2', '٣', '101', '0', '-1'])(
  'takes decimal digits for a number in a query, and not "%s"',
  async (text) => {
    for (const path of [EXPORTS, '/admin/audit']) {
      const { body } = await api
        .call('get', `${path}?limit=${encodeURIComponent(decodeURIComponent(text))}`, admin)
        .expect(400);
      expect(body.detail).toContain('limit: ');
    }
  },
);

it('gives what was asked for the entity tag that its status has then, and not one of the answer', async () => {
  const { headers, body } = await api.call('post', EXPORTS, admin).send({}).expect(202);
  const path = `${EXPORTS}/${String(body.id)}`;
  await api.call('get', path, admin).set('If-None-Match', String(headers['etag'])).expect(304);

  const cancelled = await api.call('post', `${path}/cancel`, admin).expect(202);
  expect((await api.call('get', path, admin)).headers['etag']).toBe(cancelled.headers['etag']);
});

describe('the correlation id', () => {
  it('is the one that was given', async () => {
    const { headers, body } = await api.call('get', '/nothing').set('X-Correlation-Id', 'order-42.a_b');

    expect([headers['x-correlation-id'], body.correlationId]).toEqual(['order-42.a_b', 'order-42.a_b']);
  });

  it.each(['a b', '<script>', '{"level":60}', 'x'.repeat(65), 'é', "'; DROP TABLE"])(
    'is replaced when the given one could do harm: %s',
    async (given) => {
      const { headers } = await api
        .call('get', '/auth/me')
        .set('X-Correlation-Id', Buffer.from(given).toString('latin1'));

      expect(headers['x-correlation-id']).toMatch(UUID);
    },
  );

  it.each(['//health/live', '/auth/me', '//api/openapi.json', '//', '/nothing'])(
    'is on the answer to %s',
    async (path) => {
      expect((await api.call('get', path)).headers['x-correlation-id']).toMatch(UUID);
    },
  );
});
