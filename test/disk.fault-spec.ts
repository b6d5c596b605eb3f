import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Export } from './support/client.ts';
import { until } from './support/condition.ts';
import { FaultTrial } from './support/fault-trial.ts';
import { SmallDisk } from './support/small-disk.ts';
import { databaseUrl } from './support/stack.ts';

/** Less than the shop's file of 30 MB, and more than what every export has to have free before it begins. */
const DISK_MEBIBYTES = 24;
/** The sweeper comes every half minute. */
const SWEEP_MILLISECONDS = 120_000;

const visible = async (folder: string) => (await readdir(folder)).filter((name) => !name.startsWith('.'));

describe('a disk that fills', () => {
  // What the other database has to say goes into a few KB.
  const others = { small: databaseUrl('postgres') };

  it.each(['work', 'store'] as const)('is no end of the others: %s', async (which) => {
    const disk = new SmallDisk(DISK_MEBIBYTES);
    const folder = join(disk.path, 'files');
    const env: Record<string, string> = which === 'work' ? { WORK_DIR: folder } : { STORAGE_URL: `file://${folder}` };
    const trial = await FaultTrial.start('PostgreSQL', { others, env, workers: 1 });
    const full = await trial.admin.exportToTheEnd({});
    const small = await trial.admin.exportToTheEnd({ database: 'small' });

    expect(full).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'disk_full' } });
    await trial.expectWhole(small);
    expect(await visible(folder)).toHaveLength(which === 'work' ? 0 : 1);
    if (which === 'store') expect(await visible(join(trial.stack.dataDir, 'work'))).toEqual([]);
    await trial.stop();
    disk.remove();
  });
});

describe('a disk that refuses', () => {
  let trial: FaultTrial;
  beforeAll(async () => {
    trial = await FaultTrial.start('PostgreSQL', { workers: 1 });
  }, 120_000);
  afterAll(() => trial.stop());
  afterEach(() => trial.letGo());

  it('is the work folder of one worker: another one makes the export', async () => {
    // Room enough: it is not for the want of it that the export fails.
    const disk = new SmallDisk(4 * DISK_MEBIBYTES);
    const folder = join(disk.path, 'files');
    mkdirSync(folder);
    disk.makeReadOnly();
    const [good] = trial.stack.workers;
    good?.kill('SIGSTOP');
    const bad = trial.stack.launchWorker({ env: { WORK_DIR: folder } });
    const id = await trial.ask();
    await until('the bad one has failed', () => trial.stack.log.includes(`Export ${id}: storage_failed, again in 5 s`));
    bad.kill('SIGTERM');
    await bad.exited;
    good?.kill('SIGCONT');

    expect((await trial.wholeInTheEnd(id)).attempts).toBe(2);
    disk.remove();
  });

  it('lets no file into the store at the last step: it is made again when it does', async () => {
    const store = join(trial.stack.dataDir, 'artifacts');
    const before = await visible(store);
    // Immutable: even root can't move a file into it, and the rename fails.
    execFileSync('chattr', ['+i', store]);
    const id = await trial.ask();
    await until('the rename has failed', () => trial.stack.log.includes(`Export ${id}: storage_failed, again in 5 s`));
    const left = { store: await visible(store), work: await visible(join(trial.stack.dataDir, 'work')) };
    execFileSync('chattr', ['-i', store]);

    expect(left).toEqual({ store: before, work: [] });
    expect((await trial.wholeInTheEnd(id)).attempts).toBe(2);
  });

  it('is the store that is away: downloads are told to wait, and nothing counts as lost', async () => {
    const { id } = await trial.admin.exportToTheEnd({});
    const store = join(trial.stack.dataDir, 'artifacts');
    await rename(store, `${store}-away`);
    mkdirSync(store);
    const answer = await trial.admin.call('GET', `/admin/db/export/${id}/file`);
    const next = await trial.ask();
    await until('it can not be stored', () => trial.stack.log.includes(`Export ${next}: storage_failed, again in 5 s`));
    expect(await readdir(store)).toEqual([]);
    await rm(store, { recursive: true });
    await rename(`${store}-away`, store);

    expect(await answer.json()).toMatchObject({ status: 503, code: 'storage_unavailable' });
    await trial.expectWhole(await trial.admin.export(id));
    await trial.wholeInTheEnd(next);
  });

  it('takes no more of the log: API and worker go on', async () => {
    const full = { output: '/dev/full' };
    await trial.stack.killApi();
    trial.stack.launchApi(full);
    const [good] = trial.stack.workers;
    good?.kill('SIGSTOP');
    const worker = trial.stack.launchWorker(full);
    await trial.stack.untilReady();
    await trial.wholeInTheEnd((await trial.admin.exportToTheEnd({})).id);
    worker.kill('SIGTERM');
    expect(await worker.exited).toMatchObject({ signal: 'SIGTERM' });
    good?.kill('SIGCONT');
    await trial.stack.killApi();
    trial.stack.launchApi();
    await trial.stack.untilReady();
  });
});

describe('files that have no business there, or no file any more', () => {
  let trial: FaultTrial;
  beforeAll(async () => {
    trial = await FaultTrial.start('PostgreSQL');
  }, 120_000);
  afterAll(() => trial.stop());

  it('are removed, and said to be lost or expired, by the workers alone', async () => {
    const [lost, old, kept] = [
      await trial.admin.exportToTheEnd({}),
      await trial.admin.exportToTheEnd({}),
      await trial.admin.exportToTheEnd({}),
    ];
    const { dataDir } = trial.stack;
    await rm(join(dataDir, 'artifacts', `${lost.id}.1`));
    await trial.stack.sql(`UPDATE pgexport.exports SET expires_at = now() WHERE id = $1`, [old.id]);
    for (const orphan of [`work/${old.id}.1.partial`, `artifacts/${old.id}.2`, `artifacts/${lost.id}.3.arriving`]) {
      await writeFile(join(dataDir, orphan), 'left behind');
      await utimes(join(dataDir, orphan), 0, 0);
    }
    const state = async ({ id }: Export) => {
      const { status, error } = await trial.admin.export(id);
      return `${status} ${error?.code ?? ''}`;
    };
    await until('the sweeper was there', async () => (await state(lost)) === 'expired file_lost', SWEEP_MILLISECONDS);
    await until(
      'all are gone',
      async () => {
        const { partial, finished } = await trial.stack.files();
        return partial.length === 0 && finished.length === 1;
      },
      SWEEP_MILLISECONDS,
    );

    expect(await Promise.all([lost, old, kept].map(state))).toEqual(['expired file_lost', 'expired ', 'ready ']);
    await trial.expectWhole(kept);
  });
});
