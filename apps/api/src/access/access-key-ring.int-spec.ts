import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessKeyRing } from './access-key-ring.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

let folder: string;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-ring-'));
  now = 1_795_600_000_000;
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

/** Another process of the installation, or the same one started again. */
const ring = () => new AccessKeyRing(folder, 10, () => now);

it('makes a key at the first start, 0600, and goes on with it after a restart', async () => {
  const key = await ring().signing();

  expect(key.secret).toHaveLength(32);
  expect(await ring().signing()).toEqual(key);
  expect(await ring().find(key.kid)).toEqual(key);
  const [file = ''] = await readdir(folder);
  expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
});

it('agrees with other processes that start at the same time', async () => {
  const keys = await Promise.all(Array.from({ length: 20 }, () => ring().signing()));

  for (const key of keys) expect(key).toEqual(keys[0]);
  expect(await readdir(folder)).toHaveLength(1);
});

it('signs with a new key after 30 days, and takes the old one until the last of its tokens has died', async () => {
  const keys = ring();
  const old = await keys.signing();
  now += 30 * DAY - MINUTE;
  expect((await keys.signing()).kid).toBe(old.kid);
  now += 2 * MINUTE;
  const next = await keys.signing();

  expect(next.kid).not.toBe(old.kid);
  expect(next.secret).not.toEqual(old.secret);
  now += 10 * MINUTE;
  expect(await keys.find(old.kid)).toEqual(old);
  // A minute more, because another process may not have noticed at once.
  now += 2 * MINUTE;
  expect(await keys.find(old.kid)).toBeNull();
  expect(await keys.find(next.kid)).toEqual(next);
});

it('rotates once, however many sign at that moment', async () => {
  const keys = ring();
  await keys.signing();
  now += 31 * DAY;
  const signed = await Promise.all(Array.from({ length: 20 }, () => keys.signing()));

  expect(new Set(signed.map(({ kid }) => kid)).size).toBe(1);
  expect(await readdir(folder)).toHaveLength(2);
});

it('knows the key that another process has just made, and signs with it soon', async () => {
  const [one, other] = [ring(), ring()];
  await one.signing();
  await other.signing();
  now += 31 * DAY;
  const made = await other.signing();
  now += 2_000;

  expect(await one.find(made.kid)).toEqual(made);
  expect(await one.signing()).toEqual(made);
});

it('removes the files of old keys in the end', async () => {
  const keys = ring();
  const old = await keys.signing();
  now += 31 * DAY;
  const next = await keys.signing();
  now += 4 * DAY;
  await keys.signing();

  expect(await readdir(folder)).toEqual([`access-token.${next.kid}.key`]);
  expect(await ring().find(old.kid)).toBeNull();
});

it('makes a new key when the operator has removed them all', async () => {
  const old = await ring().signing();
  await rm(join(folder, `access-token.${old.kid}.key`));
  now += 1_000;

  const key = await ring().signing();
  expect(key.secret).not.toEqual(old.secret);
});

it.each(['', '../../../etc/passwd', '1795600000.key', '99999999999999', '1795600001', '__proto__', '-1'])(
  'has no key called "%s"',
  async (kid) => {
    const keys = ring();
    await keys.signing();
    now += 2_000;

    expect(await keys.find(kid)).toBeNull();
  },
);

it('refuses to start with a key of a wrong length', async () => {
  await writeFile(join(folder, 'access-token.1795500000.key'), 'c2hvcnQ\n');

  await expect(ring().signing()).rejects.toThrow('access-token.1795500000.key does not hold a key of 32 bytes');
});
