import { NO_PROGRESS } from '#lib/domain';
import type { ExportQueue } from '#lib/queue';
import { Logger } from '@nestjs/common';
import { LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { RECONCILE_SECONDS, Reconciler, SILENT_SECONDS } from './reconciler.js';

describe('the reconciler', () => {
  let trial: LedgerTrial;
  let added: string[];
  let reconciler: Reconciler;
  let reconcilerOf: () => Reconciler;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    trial = await LedgerTrial.start('reconciler');
    const queue = {
      add: ({ id, attempts }: { id: string; attempts: number }) => {
        added.push(`${id} after ${String(attempts)}`);
        return Promise.resolve();
      },
      hurry: () => Promise.resolve(),
    };
    reconcilerOf = () => new Reconciler(trial.runs, queue as unknown as ExportQueue);
  });
  beforeEach(() => {
    added = [];
    reconciler = reconcilerOf();
  });
  afterEach(() => trial.clear());
  afterAll(() => trial.stop());

  /** The looks it takes to tell a dead worker from one that could not report, and what follows. */
  const reconcile = async () => {
    await reconciler.takeBack();
    await reconciler.takeBack();
    await reconciler.fillQueue();
  };

  const abandoned = async () => {
    const running = await trial.running('a worker that died');
    await trial.age(running.row.id, 'heartbeat_at', '21 seconds');
    return running;
  };

  it('adds to the queue what waits, oldest first, and nothing else', async () => {
    await trial.running();
    const [first, second] = [await trial.queued(), await trial.queued()];
    const cancelled = await trial.queued();
    await trial.requests.requestCancel(cancelled.id);
    await reconcile();
    expect(added).toEqual([`${first.id} after 0`, `${second.id} after 0`]);
  });

  it('does not add what waits for its next try', async () => {
    const { run } = await trial.running();
    await trial.runs.putBack(run, { delaySeconds: 60, counted: true });
    await reconcile();
    expect(added).toEqual([]);
  });

  it('queues an abandoned run as the next attempt', async () => {
    const { row } = await abandoned();
    await reconcile();
    expect(added).toEqual([`${row.id} after 1`]);
  });

  it('leaves a run alone whose worker has reported', async () => {
    const { row } = await trial.running();
    await trial.age(row.id, 'heartbeat_at', '10 seconds');
    await reconcile();
    expect(await trial.row(row.id)).toMatchObject({ status: 'running', attempts: 1 });
  });

  it('knows of it within 30 seconds: the silence, and two looks', () => {
    expect(SILENT_SECONDS + 2 * RECONCILE_SECONDS).toBeLessThan(30);
  });

  it('leaves a run alone whose worker reports again, as after an outage of the database', async () => {
    const { row, run } = await abandoned();
    await reconciler.takeBack();
    await trial.runs.report(run, 'dumping', NO_PROGRESS);
    await trial.age(row.id, 'heartbeat_at', '16 seconds');
    await reconciler.takeBack();
    expect(await trial.row(row.id)).toMatchObject({ status: 'running', attempts: 1 });
    await reconciler.takeBack();
    expect(await trial.row(row.id)).toMatchObject({ status: 'queued', attempts: 1 });
  });

  it("finds the dead also when the server's clock has gone back, and nobody else", async () => {
    const [dead, alive] = [await trial.running(), await trial.running()];
    for (const { row } of [dead, alive]) await trial.age(row.id, 'heartbeat_at', '-1 hour');
    await reconciler.takeBack();
    await trial.runs.report(alive.run, 'dumping', NO_PROGRESS);
    await reconciler.takeBack();
    expect((await trial.row(dead.row.id)).status).toBe('queued');
    expect((await trial.row(alive.row.id)).status).toBe('running');
  });

  it('takes runs back while the queue says nothing', async () => {
    const { row } = await abandoned();
    await trial.queued();
    const silent = { add: () => new Promise(() => undefined) } as unknown as ExportQueue;
    reconciler = new Reconciler(trial.runs, silent);
    void reconciler.fillQueue();
    await reconciler.takeBack();
    await reconciler.takeBack();
    expect((await trial.row(row.id)).status).toBe('queued');
  });

  it('gives up after the third worker has died over it', async () => {
    const { row } = await abandoned();
    await trial.database.sql('UPDATE pgexport.exports SET attempts = 3 WHERE id = $1', [row.id]);
    await reconcile();
    expect(await trial.row(row.id)).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'interrupted' } });
    expect(added).toEqual([]);
  });

  it('cancels an abandoned run whose cancel was promised', async () => {
    const { row } = await abandoned();
    await trial.requests.requestCancel(row.id);
    await reconcile();
    expect((await trial.row(row.id)).status).toBe('cancelled');
    expect(added).toEqual([]);
  });
});
