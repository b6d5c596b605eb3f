import type { ArtifactStore } from '#lib/artifacts';
import type { ExportEntity, Run, RunLedger, StoredFile, TableLedger } from '#lib/database';
import { ExportFailure, type Progress, StopReason } from '#lib/domain';
import { classifyFileError } from '#lib/dump-engine';
import { Logger } from '@nestjs/common';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DumpWorkshop, MadeFile } from './dump-workshop.js';
import { RunReport, type RunLimits } from './run-report.js';
import { TableReport } from './table-report.js';

export const MAX_ATTEMPTS = 3;
const FIRST_BACK_OFF_SECONDS = 5;
/** An outage of the database takes the export from nobody: longer ones than this are not waited for. */
const COMPLETION_PATIENCE_MS = 600_000;
const COMPLETION_RETRY_MS = 500;

/** Takes one claimed export to its end: a file in the store, or a reason why there is none. */
export class ExportRunner {
  private readonly logger = new Logger(ExportRunner.name);

  constructor(
    private readonly ledger: RunLedger,
    private readonly workshop: DumpWorkshop,
    private readonly store: ArtifactStore,
    private readonly limits: RunLimits & { retentionHours: number },
    private readonly tables: TableLedger,
  ) {}

  /** @param shutdown aborted when this process has to leave */
  async run(row: ExportEntity, run: Run, shutdown: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const end = (reason: StopReason) => {
      stop.abort(reason);
    };
    const report = new RunReport(this.ledger, run, this.limits, end, new TableReport(this.tables, run));
    this.logger.log(`Export ${row.id} of ${row.database}: attempt ${String(run.attempt)} begins.`);
    const signal = AbortSignal.any([stop.signal, shutdown]);
    report.begin();
    try {
      const made = await this.workshop.make(row, run, report, signal);
      report.enter('storing');
      await this.keep(run, made, report, signal);
      this.logger.log(`Export ${row.id} is ready: ${String(made.file.sizeBytes)} bytes.`);
    } catch (error) {
      await report.end();
      await this.settle(run, error);
    } finally {
      await report.end();
    }
  }

  private async keep(
    run: Run,
    { dumped, file, made }: MadeFile,
    report: RunReport,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.store.take(dumped.path, file.key, file.sha256, signal);
    } catch (error) {
      await rm(dumped.path, { force: true });
      signal.throwIfAborted();
      if (error instanceof ExportFailure) throw error;
      throw classifyFileError(error as NodeJS.ErrnoException);
    }
    // Before the ledger is waited for: its outage is no part of how long the next export will take.
    const taken = made();
    await report.end();
    const progress = { ...report.progress, percent: 100, currentTable: null, etaSeconds: 0 };
    const kept = await this.complete(run, { ...file, made: taken }, progress, signal);
    if (kept) return;
    await this.store.delete(file.key);
    const standing = await this.ledger.report(run, 'storing', progress);
    throw standing === 'cancel_requested'
      ? new StopReason('cancelled', 'The export was cancelled.')
      : new StopReason('superseded', 'Another worker has taken the export over.');
  }

  /**
   * Tells the ledger, again and again for a while: an outage must not cost a whole export. A file that nobody hears of
   * stays where it is, because the ledger may have heard; if not, the sweeper removes it.
   */
  private async complete(run: Run, file: StoredFile, progress: Progress, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + COMPLETION_PATIENCE_MS;
    for (;;) {
      try {
        return await this.ledger.complete(run, file, progress, this.limits.retentionHours);
      } catch (error) {
        if (performance.now() > deadline || signal.aborted) throw error;
        await sleep(COMPLETION_RETRY_MS);
      }
    }
  }

  /** Writes down why there is no file. */
  private async settle(run: Run, error: unknown): Promise<void> {
    if (error instanceof StopReason) return this.settleStop(run, error);
    const failure = ExportFailure.from(error);
    // A source that an earlier attempt had reached may come back.
    const mayPass = failure.kind === 'transient' || (failure.code === 'source_unreachable' && run.attempt > 1);
    if (mayPass && run.attempt < MAX_ATTEMPTS) {
      const delaySeconds = FIRST_BACK_OFF_SECONDS * 2 ** (run.attempt - 1);
      this.logger.warn(`Export ${run.exportId}: ${failure.code}, again in ${String(delaySeconds)} s.`);
      await this.ledger.putBack(run, { delaySeconds, counted: true });
      return;
    }
    this.logger.warn(`Export ${run.exportId} failed: ${failure.code}. ${failure.detail ?? ''}`);
    await this.ledger.fail(run, { code: failure.code, message: failure.message, detail: failure.detail });
  }

  private async settleStop(run: Run, reason: StopReason): Promise<void> {
    this.logger.log(`Export ${run.exportId} stops: ${reason.stopCause}.`);
    switch (reason.stopCause) {
      case 'cancelled':
        await this.ledger.cancel(run);
        return;
      case 'shutdown':
        await this.ledger.putBack(run, { delaySeconds: 0, counted: false });
        return;
      case 'superseded':
        return;
      case 'timed_out':
      case 'stalled':
        await this.ledger.fail(run, { code: reason.stopCause, message: reason.message, detail: null });
    }
  }
}
