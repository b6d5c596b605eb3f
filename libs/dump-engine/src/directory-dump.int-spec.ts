import { ExportFailure, restoreCommand } from '#lib/domain';
import { execFile } from 'node:child_process';
import { copyFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compareDatabases } from '../../../sample-database/compare-databases.ts';
import { fillShop } from '../../../sample-database/fill-shop.ts';
import { eventually } from '../../database/testing/eventually.js';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { runRestoreCommand } from '../testing/restore.js';
import { standInClient } from '../testing/stand-in-client.js';
import { hashFile } from './partial-file.js';

const never = new AbortController().signal;

describe('a directory', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  let before: string[];

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_directory');
    await fillShop(source.url, { scale: 0.1 });
    trial = await DumpTrial.of(source.url);
  });
  beforeEach(async () => {
    before = await trial.files();
  });
  afterEach(() => {
    expect(childProcesses()).toEqual([]);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  const backends = () =>
    source.sql<{ n: number }>('SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1', [
      trial.applicationName,
    ]);
  const newFiles = async () => (await trial.files()).filter((name) => !before.includes(name));
  const untilAllConnectionsCopy = (jobs: number) => eventually(backends, ([row]) => (row?.n ?? 0) > jobs);

  it.each(['zstd', 'gzip', 'none'] as const)(
    'by several connections with %s is one tar that restores to the same database, and no folder is left',
    async (compression) => {
      const wishes = { format: 'directory', compression, jobs: 3 } as const;
      const made = await trial.make(wishes);
      expect(await newFiles()).toHaveLength(1);
      expect((await stat(made.path)).mode & 0o777).toBe(0o600);
      expect(await hashFile(made.path, never)).toEqual({ sha256: made.sha256, sizeBytes: made.sizeBytes });
      const target = await ThrowawayDatabase.make('dump_directory_back');
      const command = restoreCommand(trial.options(wishes), trial.isWrapped(wishes));
      await runRestoreCommand(command, { FILE: made.path, targetUrl: target.url }, trial.client, trial.folder);
      expect(await compareDatabases(source.url, target.url)).toEqual([]);
      await target.drop();
      // What the command unpacked is gone as well.
      expect(await newFiles()).toHaveLength(1);
    },
  );

  it('has the table of contents at its end, and nothing restores of a tar that was cut', async () => {
    const made = await trial.make({ format: 'directory', compression: 'none', jobs: 2 });
    const { stdout } = await promisify(execFile)('tar', ['-tf', made.path]);
    expect(stdout.trim().split('\n').at(-1)).toBe('toc.dat');
    const cut = join(trial.folder, 'cut');
    await copyFile(made.path, cut);
    await truncate(cut, Math.floor(made.sizeBytes / 1024) * 512);
    const target = await ThrowawayDatabase.make('dump_directory_cut');
    const command = restoreCommand(trial.options({ format: 'directory', compression: 'none' }), false);
    const words = { FILE: cut, targetUrl: target.url };
    await expect(runRestoreCommand(command, words, trial.client, trial.folder)).rejects.toMatchObject({
      code: expect.any(Number) as number,
    });
    expect(await target.sql(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([]);
    expect((await readdir(trial.folder)).filter((name) => name.startsWith('tmp.'))).toEqual([]);
    await target.drop();
  });

  it('is left at once, with all its connections, processes and files', async () => {
    const release = await source.hold('LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    const stop = new AbortController();
    const dump = trial.dump({ format: 'directory', jobs: 3 });
    const making = dump.run(stop.signal);
    making.catch(() => undefined);
    await eventually(backends, ([row]) => (row?.n ?? 0) > 0);
    stop.abort(new Error('The export was cancelled.'));
    await expect(making).rejects.toThrow('The export was cancelled.');
    expect(childProcesses()).toEqual([]);
    expect(await newFiles()).toEqual([]);
    await release();
    await eventually(backends, ([row]) => row?.n === 0);
  });

  it('is left at once while all its connections copy', async () => {
    const stop = new AbortController();
    const dump = trial.dump({ format: 'directory', jobs: 3, compression: 'gzip', compressionLevel: 9 });
    const making = dump.run(stop.signal);
    making.catch(() => undefined);
    await untilAllConnectionsCopy(3);
    stop.abort(new Error('The export was cancelled.'));
    await expect(making).rejects.toThrow('The export was cancelled.');
    expect(childProcesses()).toEqual([]);
    expect(await newFiles()).toEqual([]);
    await eventually(backends, ([row]) => row?.n === 0);
  });

  it('fails, and leaves nothing, when pg_dump is killed while its connections work on', async () => {
    const making = trial.failure({ format: 'directory', jobs: 3, compression: 'gzip', compressionLevel: 9 });
    await untilAllConnectionsCopy(3);
    const leader = childProcesses().find(({ args }) => args[0]?.endsWith('/pg_dump') === true);
    process.kill(leader?.pid ?? 0, 'SIGKILL');
    expect(await making).toMatchObject({ code: 'interrupted' });
    expect(await newFiles()).toEqual([]);
  });

  it('is not good when pg_restore cannot read a file of it', async () => {
    const pgDump = `${trial.client.pgDump} "$@" || exit; for last; do :; done; rm "\${last#--file=}"/*[0-9].dat*`;
    const client = await standInClient(join(trial.folder, 'stand-in'), trial.client, { pgDump });
    before = await trial.files();
    const failure = await trial.failure({ format: 'directory', jobs: 2 }, { client });
    expect(failure).toBeInstanceOf(ExportFailure);
    expect(failure).toMatchObject({ code: 'archive_invalid' });
    expect(await newFiles()).toEqual([]);
  });
});
