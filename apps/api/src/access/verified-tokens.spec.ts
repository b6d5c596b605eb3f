import type { AccessKey } from './access-key-ring.js';
import { VerifiedTokens } from './verified-tokens.js';

const NOW = 1_800_000_000_000;
const EXPIRES = NOW / 1_000 + 60;
const KEY: AccessKey = { kid: '1800000000', secret: Buffer.from('a'.repeat(32)) };

let now = NOW;
let keys: AccessKey[];
let tokens: VerifiedTokens<string>;
beforeEach(() => {
  now = NOW;
  keys = [KEY];
  tokens = new VerifiedTokens(() => now);
});

const find = (token: string) =>
  tokens.find(token, (kid) => Promise.resolve(keys.find((key) => key.kid === kid) ?? null));
const add = (token: string) => tokens.add(token, { claims: `claims of ${token}`, key: KEY, expiresAt: EXPIRES });

it('knows the tokens that were verified, and no others', async () => {
  add('a.b.c');
  // The same key, read again from its file.
  keys = [{ ...KEY, secret: Buffer.from(KEY.secret) }];

  expect(await find('a.b.c')).toBe('claims of a.b.c');
  expect(await find('a.b.C')).toBeNull();
  expect(await find('')).toBeNull();
});

it('forgets a token when it expires, by the second', async () => {
  add('a.b.c');
  now = EXPIRES * 1_000 - 1;
  expect(await find('a.b.c')).not.toBeNull();
  now += 1;

  expect(await find('a.b.c')).toBeNull();
});

it('forgets a token whose key is gone', async () => {
  add('a.b.c');
  keys = [];

  expect(await find('a.b.c')).toBeNull();
});

it('forgets a token whose key has another secret by now', async () => {
  add('a.b.c');
  keys = [{ ...KEY, secret: Buffer.from('b'.repeat(32)) }];

  expect(await find('a.b.c')).toBeNull();
});

it('keeps a thousand tokens, the newest', async () => {
  for (let index = 0; index <= 1_000; index += 1) add(`token ${String(index)}`);

  expect(await find('token 0')).toBeNull();
  expect(await find('token 1')).not.toBeNull();
  expect(await find('token 1000')).not.toBeNull();
});
