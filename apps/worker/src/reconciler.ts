import { type Run, RunLedger } from '#lib/database';
import { ExportQueue } from '#lib/queue';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MAX_ATTEMPTS } from './export-runner.js';
import { Repeater } from './repeater.js';

export const RECONCILE_SECONDS = 5;
/**
 * Reports come five times a second. A run is abandoned when it has been silent for so long and is just as silent at the
 * next look: 20 to 25 s after its worker has died.
 */
export const SILENT_SECONDS = 15;

/** Brings the queue into line with the table, which is the truth: what is due is queued, what was abandoned runs again. */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Reconciler.name);
  /** Two, because a queue that is away holds its own up for as long. */
  private readonly repeaters = [
    new Repeater(this.logger, RECONCILE_SECONDS * 1_000, () => this.takeBack()),
    new Repeater(this.logger, RECONCILE_SECONDS * 1_000, () => this.fillQueue()),
  ];
  private suspects = new Set<string>();

  constructor(
    private readonly ledger: RunLedger,
    private readonly queue: ExportQueue,
  ) {}

  onApplicationBootstrap(): void {
    for (const repeater of this.repeaters) repeater.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.repeaters.map((repeater) => repeater.stop()));
  }

  /**
   * Takes runs back from workers that are dead, or frozen, which will find themselves superseded. One look is not enough:
   * after an outage of the database, or a jump of its clock, every run looks silent until its worker has reported again.
   */
  async takeBack(): Promise<void> {
    const silent = await this.ledger.silent(SILENT_SECONDS);
    const abandoned = silent.filter((seen) => this.suspects.has(sightingOf(seen)));
    this.suspects = new Set(silent.map(sightingOf));
    for (const { row, run } of abandoned) {
      this.logger.warn(`Export ${row.id}: its worker has not been heard of for ${String(SILENT_SECONDS)} s.`);
      if (run.attempt < MAX_ATTEMPTS) {
        await this.ledger.putBack(run, { delaySeconds: 0, counted: true });
      } else {
        await this.ledger.fail(run, {
          code: 'interrupted',
          message: `The worker died ${String(MAX_ATTEMPTS)} times while it made this export.`,
          detail: null,
        });
      }
    }
  }

  async fillQueue(): Promise<void> {
    const due = await this.ledger.due();
    for (const row of due) await this.queue.add(row);
    if (due.length > 0) await this.queue.hurry();
  }
}

/** The same of two looks: nothing was heard in between. */
function sightingOf({ row, run }: { row: { heartbeatAt: Date | null }; run: Run }): string {
  return `${run.exportId}/${String(run.attempt)}/${run.workerId}/${String(row.heartbeatAt?.getTime())}`;
}
