import { RunLedger } from '#lib/database';
import { ExportQueue } from '#lib/queue';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MAX_ATTEMPTS } from './export-runner.js';
import { Repeater } from './repeater.js';

const INTERVAL_MS = 5_000;
/** Reports come four times a second; after so long a silence the worker is dead, or will find itself superseded. */
const SILENT_SECONDS = 20;

/** Brings the queue into line with the table, which is the truth: what is due is queued, what was abandoned runs again. */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Reconciler.name);
  private readonly repeater = new Repeater(this.logger, INTERVAL_MS, () => this.reconcile());

  constructor(
    private readonly ledger: RunLedger,
    private readonly queue: ExportQueue,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.repeater.stop();
  }

  async reconcile(): Promise<void> {
    for (const { row, run } of await this.ledger.abandoned(SILENT_SECONDS)) {
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
    for (const row of await this.ledger.due()) await this.queue.add(row);
  }
}
