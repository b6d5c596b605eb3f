import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillShop } from '../../../sample-database/fill-shop.ts';
import { eventually } from '../../database/testing/eventually.js';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childCalled, childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { standInClient } from '../testing/stand-in-client.js';
import type { DumpedFile } from './dump.js';

describe('a dump is never taken for good', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  let standIns: string;
  let archive: DumpedFile;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_lies');
    await fillShop(source.url, { scale: 0.01 });
    const maker = await DumpTrial.of(source.url);
    archive = await maker.make({ compression: 'none' });
    trial = await DumpTrial.of(source.url);
    standIns = await mkdtemp(join(tmpdir(), 'pg-export-stand-ins-'));
  });
  afterAll(async () => {
    await trial.remove();
    await rm(standIns, { recursive: true });
    await rm(archive.path, { force: true });
    await source.drop();
  });

  // Whatever a test was about: nothing is left.
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    expect(await trial.files()).toEqual([]);
    await eventually(
      () => source.backends(trial.applicationName),
      (count) => count === 0,
    );
  });

  const client = async (scripts: { pgDump?: string; pgRestore?: string }) => ({
    client: await standInClient(join(standIns, randomUUID()), trial.client, scripts),
  });

  describe.each(['zstd', 'none'] as const)('compressed with %s', (compression) => {
    it.each([
      ['nothing', () => 0],
      ['its header', () => 1024],
      ['60 %', (size: number) => Math.floor(size * 0.6)],
      ['all but its last byte', (size: number) => size - 1],
    ])('when pg_dump leaves with 0 after %s', async (_, share) => {
      const pgDump = `head -c ${String(share(archive.sizeBytes))} '${archive.path}'`;
      const failure = await trial.failure({ compression }, await client({ pgDump }));
      expect(failure.code).toBe('archive_invalid');
      expect(failure.detail).toMatch(/pg_restore: error|pg_restore ended/);
    });

    it('when pg_dump leaves with 1 after a whole archive', async () => {
      const pgDump = `cat '${archive.path}'; echo 'pg_dump: error: something at the end' >&2; exit 1`;
      expect(await trial.failure({ compression }, await client({ pgDump }))).toMatchObject({
        code: 'source_error',
        detail: 'pg_dump: error: something at the end\n',
      });
    });

    it('when pg_dump is killed after a whole archive', async () => {
      const failure = await trial.failure(
        { compression },
        await client({ pgDump: `cat '${archive.path}'; kill -KILL $$` }),
      );
      expect(failure).toMatchObject({ code: 'interrupted', kind: 'transient' });
      expect(failure.detail).toContain('SIGKILL');
    });

    it('when pg_dump is killed in mid-dump', async () => {
      const onLine = (line: string) => {
        const pid = line.includes('dumping contents of table') ? childCalled('pg_dump')?.pid : undefined;
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
        return true;
      };
      expect(await trial.failure({ compression }, { onLine })).toMatchObject({ code: 'interrupted' });
    });

    it('when a byte changes on the disk', async () => {
      const partialPath = join(trial.folder, 'changed.partial');
      const onDumped = () => {
        const handle = openSync(partialPath, 'r+');
        const was = Buffer.alloc(1);
        readSync(handle, was, 0, 1, 1000);
        writeSync(handle, Buffer.from([was.readUInt8() ^ 0xff]), 0, 1, 1000);
        closeSync(handle);
      };
      const failure = await trial.failure({ compression }, { partialPath, onDumped });
      expect(failure.code).toBe('archive_invalid');
      expect(failure.detail).toMatch(/written: (\d+) bytes.*read: \1 bytes/);
    });

    it('when the end is missing on the disk', async () => {
      const partialPath = join(trial.folder, 'short.partial');
      const onDumped = () => {
        truncateSync(partialPath, 1000);
      };
      expect(await trial.failure({ compression }, { partialPath, onDumped })).toMatchObject({
        code: 'archive_invalid',
        detail: expect.stringContaining('read: 1000 bytes') as string,
      });
    });
  });

  it('when its file is gone before it could be read back', async () => {
    const partialPath = join(trial.folder, 'gone.partial');
    const onDumped = () => {
      rmSync(partialPath);
    };
    expect((await trial.failure({}, { partialPath, onDumped })).code).toBe('storage_failed');
  });

  it('when another file is in its place: that file is left alone', async () => {
    const partialPath = join(standIns, 'somebody else');
    writeFileSync(partialPath, 'precious');
    expect((await trial.failure({}, { partialPath })).code).toBe('storage_failed');
    expect((await stat(partialPath)).size).toBe(8);
  });

  it.each([
    ['leaves with 1', 'cat >/dev/null; exit 1'],
    ['is killed', 'cat >/dev/null; kill -KILL $$'],
    ['leaves with 1 before it has read anything', 'exit 1'],
  ])('when the pg_restore that reads it through %s', async (_, pgRestore) => {
    expect((await trial.failure({}, await client({ pgRestore }))).code).toBe('archive_invalid');
  });

  it.each([
    ['pg_dump', { pgDump: '/nowhere/pg_dump' }],
    ['pg_restore', { pgRestore: '/nowhere/pg_restore' }],
  ])('when %s has gone since it was found', async (program, missing) => {
    const failure = await trial.failure({}, { client: { ...trial.client, ...missing } });
    expect(failure).toMatchObject({ code: 'pg_dump_missing', message: expect.stringContaining(program) as string });
  });

  it('when a variable cannot be given to pg_dump', async () => {
    const environment = { ...trial.environmentAt(source.url), PGUSER: 'nul\0' };
    await expect(trial.make({}, { environment })).rejects.toThrow();
  });

  it('when it is stopped: the reason is thrown, and pg_dump is gone at once', async () => {
    const stop = new AbortController();
    const pgDump = `head -c 5000 '${archive.path}'; exec sleep 600`;
    const dump = trial.dump({}, await client({ pgDump }));
    const run = dump.run(stop.signal);
    await eventually(
      () => dump.bytesDelivered,
      (bytes) => bytes === 5000,
    );
    const reason = new Error('enough');
    stop.abort(reason);
    const stoppedAt = performance.now();
    await expect(run).rejects.toBe(reason);
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
  });

  it('when it was stopped before it began: no program is started', async () => {
    await expect(trial.dump().run(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('when it is stopped in the very moment in which it begins', async () => {
    const stop = new AbortController();
    const run = trial.dump().run(stop.signal);
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(await readdir(trial.folder)).toEqual([]);
  });
});
