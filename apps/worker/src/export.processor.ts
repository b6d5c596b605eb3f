import { RunLedger } from '#lib/database';
import { StopReason } from '#lib/domain';
import { EXPORT_QUEUE, type ExportJob } from '#lib/queue';
import { Processor, WorkerHost } from '@nestjs/bullmq';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DelayedError, type Job } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportRunner } from './export-runner.js';
import { WorkerIdentity } from './worker-identity.js';

/** How soon an export is looked at again whose database has its share of runs. */
const BUSY_RETRY_MS = 1_000;
/** A queue that is away never answers: it gets so long for a goodbye. */
const GOODBYE_MS = 5_000;

/** BullMQ's side of an export: claims the row, runs it, and leaves every outcome in the table. */
@Processor(EXPORT_QUEUE, { autorun: false })
export class ExportProcessor extends WorkerHost implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExportProcessor.name);
  private readonly leaving = new AbortController();
  private readonly runs = new Set<Promise<unknown>>();
  private readonly lastRun = Promise.withResolvers<undefined>();
  private isLeaving = false;

  constructor(
    private readonly ledger: RunLedger,
    private readonly runner: ExportRunner,
    private readonly identity: WorkerIdentity,
  ) {
    super();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.worker.on('error', (error) => {
      this.logger.warn(`The queue is in trouble: ${error.message}`);
    });
    this.worker.concurrency = this.identity.concurrency;
    // A worker that runs on a schema which is not migrated spins for ever; waiting first turns that into an error.
    await this.worker.waitUntilReady();
    void this.worker.run();
  }

  async process(job: Job<ExportJob>, token?: string): Promise<void> {
    if (this.isLeaving) return;
    const run = this.claimAndRun(job.data.exportId);
    this.runs.add(run);
    const outcome = await run.finally(() => this.runs.delete(run));
    if (outcome !== 'busy') return;
    await job.moveToDelayed(Date.now() + BUSY_RETRY_MS, token);
    throw new DelayedError();
  }

  private async claimAndRun(exportId: string): Promise<'done' | 'busy' | 'moved'> {
    const claim = await this.ledger.claim(exportId, this.identity.id, this.identity.perDatabase);
    if (!claim.taken) return claim.why;
    await this.runner.run(claim.row, claim.run, this.leaving.signal);
    return 'done';
  }

  /** Resolves when this worker has been told to leave and its last run is over: nothing it does then is of use. */
  get left(): Promise<unknown> {
    return this.lastRun.promise;
  }

  /** Before TypeORM closes its connections: lets running exports finish for a while, then puts them back. */
  async beforeApplicationShutdown(): Promise<void> {
    const grace = setTimeout(() => {
      this.leaving.abort(new StopReason('shutdown', 'The worker is shutting down.'));
    }, this.identity.graceSeconds * 1000);
    this.isLeaving = true;
    const closed = this.worker.close().catch(() => undefined);
    // The outcome of a run is in the table, so that it does not depend on a queue that is away.
    await Promise.allSettled(this.runs);
    clearTimeout(grace);
    this.lastRun.resolve(undefined);
    await Promise.race([closed, sleep(GOODBYE_MS, undefined, { ref: false })]);
  }
}
