import type { Run, TableLedger } from '#lib/database';
import type { TableProgress } from '#lib/domain';
import { Logger } from '@nestjs/common';

const INTERVAL_MS = 1_000;

/** Writes down how far a run is with each table: once a second at most, and only what has changed. */
export class TableReport {
  private readonly logger = new Logger(TableReport.name);
  private dueAt = 0;
  private written: string | null = null;
  private pending: Promise<void> = Promise.resolve();
  private writing = false;

  constructor(
    private readonly ledger: TableLedger,
    private readonly run: Run,
  ) {}

  /** @param read the tables, biggest first; called when it is time alone, since there may be many */
  show(read: () => readonly TableProgress[]): void {
    const now = performance.now();
    if (this.writing || now < this.dueAt) return;
    this.dueAt = now + INTERVAL_MS;
    this.writing = true;
    this.pending = this.write(read()).finally(() => {
      this.writing = false;
    });
  }

  /** Writes the last of it. */
  async end(read: () => readonly TableProgress[]): Promise<void> {
    await this.pending;
    await this.write(read());
  }

  /** A run does not fail over this: it is looked at, not needed. */
  private async write(tables: readonly TableProgress[]): Promise<void> {
    const state = JSON.stringify(tables.map(({ rowsDone, state }) => [rowsDone, state]));
    if (state === this.written) return;
    try {
      await (this.written === null ? this.ledger.open(this.run, tables) : this.ledger.count(this.run, tables));
      this.written = state;
    } catch (error) {
      this.logger.warn(`Tables can't be reported: ${String(error)}`);
    }
  }
}
