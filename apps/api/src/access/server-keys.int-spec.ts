import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadServerKeys } from './server-keys.js';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'pg-export-keys-')), 'secrets');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

it('makes a key for each purpose once, and reads the same ones afterwards', async () => {
  const first = await loadServerKeys(folder);

  expect(await loadServerKeys(folder)).toEqual(first);
  const keys = Object.values(first).map((key: Buffer) => key.toString('hex'));
  expect(keys.map(({ length }) => length)).toEqual([64, 64, 64, 64]);
  expect(new Set(keys).size).toBe(4);
});

it('keeps them from everybody else', async () => {
  await loadServerKeys(folder);

  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it('agrees with other processes that start at the same time, and leaves no draft', async () => {
  const starts = await Promise.all(Array.from({ length: 20 }, () => loadServerKeys(folder)));

  for (const keys of starts) expect(keys).toEqual(starts[0]);
  expect((await readdir(folder)).sort()).toEqual([
    'audit-trail.key',
    'download-link.key',
    'refresh-token.key',
    'secret-seal.key',
  ]);
});

it.each(['', 'c2hvcnQ\n', 'A'.repeat(64)])('refuses a key of a wrong length: "%s"', async (text) => {
  await loadServerKeys(folder);
  await writeFile(join(folder, 'download-link.key'), text);

  await expect(loadServerKeys(folder)).rejects.toThrow('download-link.key does not hold a key of 32 bytes');
  expect(await readFile(join(folder, 'download-link.key'), 'utf8')).toBe(text);
});
