import { EXPORT_QUEUE, ExportQueue } from '#lib/queue';
import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { childCalled, childProcesses } from '../../../libs/dump-engine/testing/child-processes.js';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { Installation } from './running-worker.js';

const LOCK = 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE';

/** What holds of a worker on either queue. Only one of them can be tested in a process. */
export function describeWorker(backend: 'PostgreSQL' | 'Redis', redisUrl: () => string | undefined): void {
  describe(`a worker whose queue is on ${backend}`, () => {
    let installation: Installation;
    beforeAll(async () => {
      installation = await Installation.make(`worker_${backend.toLowerCase()}`, redisUrl());
    });
    // Whatever a test was about: nothing runs when its worker has left.
    afterEach(async () => {
      await installation.clear();
      expect(childProcesses()).toEqual([]);
    });
    afterAll(() => installation.remove());

    const held = async (environment: Record<string, string> = {}) => {
      const release = await installation.source.hold(LOCK);
      const worker = await installation.worker(environment);
      const id = await installation.request(worker);
      await eventually(
        () =>
          installation.source.sql(
            `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
            [`pg-export/${id}`],
          ),
        (waits) => waits.length > 0,
      );
      return { id, worker, release };
    };
    const expectNothingLeft = async (id: string) => {
      expect(childCalled('pg_dump')).toBeUndefined();
      expect(childCalled('pg_restore')).toBeUndefined();
      expect(await installation.files()).toEqual([]);
      return installation.source.backends(`pg-export/${id}`);
    };

    it('makes of a waiting export a ready file, and keeps the store and the row in agreement', async () => {
      const worker = await installation.worker();
      const row = await installation.status(await installation.request(worker), 'ready');
      const path = join(installation.dataDir, 'artifacts', row.file!.key);
      const bytes = await readFile(path);
      expect(row).toMatchObject({
        stage: 'done',
        attempts: 1,
        error: null,
        progress: { percent: 100, tablesDone: 2, tablesTotal: 2, bytesWritten: bytes.length },
        file: { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
      });
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(join(installation.dataDir, 'artifacts'))).mode & 0o777).toBe(0o700);
      expect((await stat(join(installation.dataDir, 'work'))).mode & 0o777).toBe(0o700);
      expect(await installation.files()).toEqual([`artifacts/${row.file!.key}`]);
    });

    it('is told an id by the queue and nothing else', async () => {
      const { id, worker, release } = await held();
      const queue = worker.get<Queue>(getQueueToken(EXPORT_QUEUE));
      const job = await queue.getJob(`${id}_1`);
      expect(job?.data).toEqual({ exportId: id });
      await release();
      await installation.status(id, 'ready');
    });

    it('runs an export once, however often it is added', async () => {
      const worker = await installation.worker({ EXPORT_CONCURRENCY: '4' });
      const row = await installation.ledger.queued();
      await Promise.all(Array.from({ length: 10 }, () => worker.get(ExportQueue).add(row)));
      expect(await installation.status(row.id, 'ready')).toMatchObject({ attempts: 1 });
      await worker.get(ExportQueue).add({ id: row.id, attempts: 1 });
      await eventually(
        () => worker.get<Queue>(getQueueToken(EXPORT_QUEUE)).getJobCounts(),
        (counts) => Object.values(counts).every((count) => count === 0),
      );
      expect(await installation.ledger.row(row.id)).toMatchObject({ status: 'ready', attempts: 1 });
    });

    it('runs one export of a database at once, and the next one after it', async () => {
      const { id, worker, release } = await held({ EXPORT_CONCURRENCY: '2' });
      const next = await installation.request(worker);
      await eventually(
        () => worker.get<Queue>(getQueueToken(EXPORT_QUEUE)).getDelayedCount(),
        (count) => count === 1,
      );
      expect((await installation.ledger.row(next)).status).toBe('queued');
      await release();
      const [first, second] = [await installation.status(id, 'ready'), await installation.status(next, 'ready')];
      expect(second.startedAt!.getTime()).toBeGreaterThanOrEqual(first.finishedAt!.getTime());
    });

    it('cancels within two seconds, and says so only when nothing is left', async () => {
      const { id, release } = await held();
      const askedAt = performance.now();
      expect(await installation.ledger.requests.requestCancel(id)).toBe(true);
      await installation.status(id, 'cancelled', 2_000);
      const left = await expectNothingLeft(id);
      expect(performance.now() - askedAt).toBeLessThan(2_000);
      expect(left).toBe(0);
      await release();
    });

    it('cancels in mid-dump, while rows are copied', async () => {
      const { id, release } = await held();
      // With a reader that is frozen the pipes fill up, and pg_dump stands still in the middle of its rows.
      process.kill(childCalled('pg_restore')!.pid, 'SIGSTOP');
      await release();
      await installation.until(id, ({ progress }) => progress.currentTable === 'public.many');
      expect(await installation.ledger.requests.requestCancel(id)).toBe(true);
      await installation.status(id, 'cancelled', 2_000);
      expect(await expectNothingLeft(id)).toBe(0);
    });

    it('puts its export back, uncounted, when it has to leave before the end', async () => {
      const { id, worker, release } = await held({ SHUTDOWN_GRACE_SECONDS: '0' });
      await installation.leave(worker);
      expect(await installation.ledger.row(id)).toMatchObject({ status: 'queued', stage: 'waiting', attempts: 0 });
      expect(await expectNothingLeft(id)).toBe(0);
      await release();
      await installation.worker();
      expect(await installation.status(id, 'ready')).toMatchObject({ attempts: 1 });
    });

    it('finishes its export when it has to leave and the time suffices', async () => {
      const { id, worker, release } = await held({ SHUTDOWN_GRACE_SECONDS: '30' });
      const leaving = installation.leave(worker);
      await release();
      await leaving;
      expect((await installation.ledger.row(id)).status).toBe('ready');
    });

    it('runs what was never in the queue, or was lost there', async () => {
      const worker = await installation.worker();
      const { id } = await installation.ledger.queued();
      await installation.reconcile(worker);
      await installation.status(id, 'ready');
    });

    it('runs what a worker with a clock that was ahead has put off until tomorrow', async () => {
      const worker = await installation.worker();
      const { id } = await installation.ledger.queued();
      const queue = worker.get<Queue>(getQueueToken(EXPORT_QUEUE));
      await queue.add('export', { exportId: id }, { jobId: `${id}_1`, delay: 86_400_000 });
      await installation.reconcile(worker);
      await installation.status(id, 'ready');
    });

    it('takes over what another worker has abandoned, as the next attempt', async () => {
      const worker = await installation.worker();
      const { row } = await installation.ledger.running('a worker that died');
      await installation.ledger.age(row.id, 'heartbeat_at', '21 seconds');
      await installation.reconcile(worker);
      expect(await installation.status(row.id, 'ready')).toMatchObject({ attempts: 2 });
    });
  });
}
