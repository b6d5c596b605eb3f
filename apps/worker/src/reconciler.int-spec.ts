import type { ExportQueue } from '#lib/queue';
import { Logger } from '@nestjs/common';
import { LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { Reconciler } from './reconciler.js';

describe('the reconciler', () => {
  let trial: LedgerTrial;
  let added: string[];
  let reconciler: Reconciler;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    trial = await LedgerTrial.start('reconciler');
    const queue = {
      add: ({ id, attempts }: { id: string; attempts: number }) => {
        added.push(`${id} after ${String(attempts)}`);
        return Promise.resolve();
      },
    };
    reconciler = new Reconciler(trial.runs, queue as unknown as ExportQueue);
  });
  beforeEach(() => {
    added = [];
  });
  afterEach(() => trial.clear());
  afterAll(() => trial.stop());

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
    await reconciler.reconcile();
    expect(added).toEqual([`${first.id} after 0`, `${second.id} after 0`]);
  });

  it('does not add what waits for its next try', async () => {
    const { run } = await trial.running();
    await trial.runs.putBack(run, { delaySeconds: 60, counted: true });
    await reconciler.reconcile();
    expect(added).toEqual([]);
  });

  it('queues an abandoned run as the next attempt', async () => {
    const { row } = await abandoned();
    await reconciler.reconcile();
    expect(added).toEqual([`${row.id} after 1`]);
  });

  it('leaves a run alone whose worker has reported', async () => {
    const { row } = await trial.running();
    await trial.age(row.id, 'heartbeat_at', '15 seconds');
    await reconciler.reconcile();
    expect(await trial.row(row.id)).toMatchObject({ status: 'running', attempts: 1 });
  });

  it('gives up after the third worker has died over it', async () => {
    const { row } = await abandoned();
    await trial.database.sql('UPDATE pgexport.exports SET attempts = 3 WHERE id = $1', [row.id]);
    await reconciler.reconcile();
    expect(await trial.row(row.id)).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'interrupted' } });
    expect(added).toEqual([]);
  });

  it('cancels an abandoned run whose cancel was promised', async () => {
    const { row } = await abandoned();
    await trial.requests.requestCancel(row.id);
    await reconciler.reconcile();
    expect((await trial.row(row.id)).status).toBe('cancelled');
    expect(added).toEqual([]);
  });
});
