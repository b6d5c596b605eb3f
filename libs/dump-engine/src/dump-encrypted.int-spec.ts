import { execFile } from 'node:child_process';
import { readFile, stat, truncate, writeFile, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { restoreCommand } from '#lib/domain';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { compareDatabases } from '../../../sample-database/compare-databases.ts';
import { fillShop } from '../../../sample-database/fill-shop.ts';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { runRestoreCommand } from '../testing/restore.js';
import { hashFile } from './partial-file.js';

const never = new AbortController().signal;

describe('an encrypted dump', () => {
  let source: ThrowawayDatabase;
  let target: ThrowawayDatabase;
  let trial: DumpTrial;
  let keys: { path: string; recipient: string }[];

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_encrypted');
    await fillShop(source.url, { scale: 0.02 });
    trial = await DumpTrial.of(source.url);
    keys = await Promise.all(
      ['one', 'two', 'stranger'].map(async (name) => {
        const identity = await generateX25519Identity();
        const path = join(trial.folder, `key of ${name}`);
        await writeFile(path, `${identity}\n`, { mode: 0o600 });
        return { path, recipient: await identityToRecipient(identity) };
      }),
    );
  });
  beforeEach(async () => {
    target = await ThrowawayDatabase.make('dump_encrypted_back');
  });
  afterEach(() => target.drop());
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  const key = (index: number) => keys[index] ?? { path: '', recipient: '' };
  const encryptTo = () => [key(0).recipient, key(1).recipient];
  const command = () => restoreCommand(trial.options({ encryptTo: encryptTo() }), trial.isWrapped());
  const restoreWith = (FILE: string, KEY: string) =>
    runRestoreCommand(command(), { FILE, KEY, targetUrl: target.url }, trial.client);

  it('is opened by age with the key of each recipient, and is of the size and hash that it is said to be', async () => {
    const made = await trial.make({ encryptTo: encryptTo() });
    expect(await hashFile(made.path, never)).toEqual({ sha256: made.sha256, sizeBytes: made.sizeBytes });
    expect((await readFile(made.path)).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
    expect((await stat(made.path)).mode & 0o777).toBe(0o600);
    const opened = await Promise.all(
      [0, 1].map(async (index) => {
        const path = join(trial.folder, `opened ${String(index)}`);
        await promisify(execFile)('age', ['-d', '-i', key(index).path, '-o', path, made.path]);
        return hashFile(path, never);
      }),
    );
    expect(opened[0]).toEqual(opened[1]);
    await expect(promisify(execFile)('age', ['-d', '-i', key(2).path, made.path])).rejects.toThrow('no identity');
  });

  it('restores to the same database by its command', async () => {
    const made = await trial.make({ encryptTo: encryptTo() });
    await restoreWith(made.path, key(1).path);
    expect(await compareDatabases(source.url, target.url)).toEqual([]);
  });

  it('is not restored with a key that is not of a recipient', async () => {
    const made = await trial.make({ encryptTo: encryptTo() });
    await expect(restoreWith(made.path, key(2).path)).rejects.toMatchObject({ code: 1 });
    expect(await target.sql(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([]);
  });

  it.each([
    ['in the middle', (size: number) => Math.floor(size / 2)],
    ['by its last byte', (size: number) => size - 1],
    ['down to nothing', () => 0],
  ])('fails to restore when it was cut %s', async (_where, cut) => {
    const made = await trial.make({ encryptTo: encryptTo() });
    const damaged = join(trial.folder, 'damaged');
    await copyFile(made.path, damaged);
    await truncate(damaged, cut(made.sizeBytes));
    await expect(restoreWith(damaged, key(0).path)).rejects.toMatchObject({ code: 1 });
  });
});
