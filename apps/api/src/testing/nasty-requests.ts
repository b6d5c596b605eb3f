import fc from 'fast-check';
import type { DescribedRoute } from './described-route.js';

export const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000';

/** As they go over the wire. */
export const NASTY_IDS = [
  'not-a-uuid',
  '..',
  '%2e%2e%2f',
  '..%2f..%2fetc%2fpasswd',
  '%252e%252e%252f',
  "1'%20OR%20'1'='1",
  '%27%3B%20DROP%20TABLE%20users--',
  '%00',
  '%ff%fe',
  '%E0%A4%A',
  `${NO_SUCH_ID}%0a`,
  `${NO_SUCH_ID}%00`,
  '-1',
  '__proto__',
  'x'.repeat(5_000),
];

const printable = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
const headerText = fc.string({ unit: printable, maxLength: 60 });
const HEADERS = [
  ...['accept', 'idempotency-key', 'if-none-match', 'if-range', 'range', 'last-event-id', 'prefer', 'cookie', 'host'],
  ...['x-correlation-id', 'x-forwarded-for', 'origin', 'accept-language', 'if-match', 'content-encoding'],
];
const HEADER_VALUES = [
  ...[
    '',
    '*/*',
    '*',
    'bytes=0-',
    'bytes=-1,5-2',
    'wait=1',
    'wait=0.5, wait=-1',
    '"1-0"',
    'W/"1-0"',
    'gzip',
    'a, b;q=2',
  ],
  ...['pgx_refresh=x.y.z', 'pgx_refresh=%00', 'pgx_oidc_x=%', '__proto__=1', 'localhost', '[::1', 'é'],
];
const headers = fc.dictionary(fc.constantFrom(...HEADERS), fc.oneof(headerText, fc.constantFrom(...HEADER_VALUES)), {
  maxKeys: 4,
});

const nastyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'a\0b',
    '\ud800',
    '../../etc/passwd',
    "' OR 1=1 --",
    '{{7*7}}',
    '__proto__',
    '\u202e',
    'x'.repeat(3_000),
  ),
);
/** Values that some route takes, among them so that a request gets past its schema now and then. */
const SENSIBLE = [
  'custom',
  'zstd',
  'OPS',
  'main',
  'a@b.c',
  'correct horse',
  '123456',
  true,
  3,
  ['exports:read'],
  ['10.0.0.0/8'],
];
const value = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>(...SENSIBLE), weight: 4 },
  { arbitrary: nastyText, weight: 4 },
  { arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)), weight: 2 },
  { arbitrary: fc.oneof(fc.array(nastyText, { maxLength: 3 }), fc.constantFrom(1e308, { a: { b: [] } })), weight: 1 },
);

function body(names: string[]) {
  const fields = fc.dictionary(fc.constantFrom(...names, ...names, ...names, 'constructor'), value, { maxKeys: 6 });
  return fc.oneof(
    { arbitrary: fields.map((each) => Buffer.from(JSON.stringify(each))), weight: 6 },
    { arbitrary: fc.json().map((text) => Buffer.from(text)), weight: 1 },
    { arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)), weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
}

function query(names: string[]) {
  const name = fc.constantFrom(...names, ...names, 'link', 'x[y]', '__proto__');
  const text = fc.oneof(nastyText, fc.integer().map(String)).map((each) => encodeURIComponent(each.toWellFormed()));
  return fc
    .array(fc.tuple(name, fc.oneof(text, fc.constant('%'))), { maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
}

/** Requests to a route that nobody in their right mind would send, and some that are nearly right. */
export function nastyRequests({ queryNames, bodyNames }: DescribedRoute) {
  return fc.record({
    id: fc.oneof(
      fc.constantFrom(...NASTY_IDS, NO_SUCH_ID, NO_SUCH_ID),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
    ),
    query: query(queryNames),
    headers,
    contentType: fc.oneof(
      { arbitrary: fc.constant('application/json'), weight: 8 },
      { arbitrary: headerText, weight: 1 },
    ),
    body: body(bodyNames ?? ['a']),
  });
}
