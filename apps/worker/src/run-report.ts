import {
  type Blocking,
  type ExportStage,
  NO_PROGRESS,
  type Progress,
  reportInterval,
  StopReason,
  type TableProgress,
} from '#lib/domain';
import type { Run, RunLedger } from '#lib/database';
import { Logger } from '@nestjs/common';
import type { TableReport } from './table-report.js';

/** New figures that come this part of the interval after a report, or later, are reported at once: at most a third more often. */
const DUE_SHARE = 0.75;
/** While figures come by themselves, the next ones are waited for so many intervals. */
const PATIENCE = 1.5;
/** A longer time between two looks is the worker's own standstill (a frozen process, a machine asleep): nobody was there to see a move. */
const LONGEST_LOOK_MS = 1_000;

export interface RunLimits {
  timeoutSeconds: number;
  stallSeconds: number;
}

/** What a run shows of itself while it goes on. */
export interface Gauge {
  progress: () => Progress;
  /** Grows as long as anything moves; what a stall is measured by. Null while nothing can stall. */
  movement: () => number | null;
  /** Biggest first. */
  tables?: () => TableProgress[];
}

const NOTHING_YET: Gauge = { progress: () => NO_PROGRESS, movement: () => null };

/**
 * Reports a run five times a second, in its first seconds oftener, which is also its heartbeat, and hears from the answers
 * whether it is to stop.
 * Watches the two limits of time as well: all reasons to stop meet in one place.
 */
export class RunReport {
  private readonly logger = new Logger(RunReport.name);
  private readonly startedAt: number;
  private stage: ExportStage = 'preparing';
  private gauge = NOTHING_YET;
  private blocking: () => Blocking | null = () => null;
  private highest = 0;
  private lastMovement: number | null = null;
  /** When it was last reported, and the limits looked at. */
  private lookedAt: number;
  private stillMs = 0;
  private timer: NodeJS.Timeout | null = null;
  private pending: Promise<void> = Promise.resolve();
  private sending = false;
  private ledgerIsSilent = false;

  /**
   * @param stop called once or more, with the reason
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(
    private readonly ledger: RunLedger,
    private readonly run: Run,
    private readonly limits: RunLimits,
    private readonly stop: (reason: StopReason) => void,
    private readonly tableReport: TableReport | null = null,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.startedAt = now();
    this.lookedAt = this.startedAt;
  }

  begin(): void {
    this.wait(this.interval);
  }

  /** The gauge has new figures: they would be old if they lay there until a report that knows nothing of them. */
  nudge(): void {
    if (this.timer === null) return;
    if (this.now() - this.lookedAt >= this.interval * DUE_SHARE) this.report();
    this.wait(this.lookedAt + this.interval * PATIENCE - this.now());
  }

  /** Ends the reports; the last one has been answered when this resolves. */
  async end(): Promise<void> {
    const isFirst = this.timer !== null;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.pending;
    if (isFirst && this.gauge.tables !== undefined) await this.tableReport?.end(this.gauge.tables);
  }

  /** @param gauge without one, the figures stay what they are, and nothing can stall: bytes are hashed, or moved */
  enter(stage: ExportStage, gauge: Gauge = { ...this.gauge, movement: NOTHING_YET.movement }): void {
    this.stage = stage;
    // They are known for good once a dump has begun.
    this.gauge = this.gauge.tables === undefined ? gauge : { tables: this.gauge.tables, ...gauge };
  }

  /** @param blocking who waits behind the run's locks at the moment */
  showBlocking(blocking: () => Blocking | null): void {
    this.blocking = blocking;
  }

  /** The figures as they are shown: the percentage never falls. */
  get progress(): Progress {
    const progress = this.gauge.progress();
    this.highest = Math.max(this.highest, progress.percent);
    return { ...progress, percent: this.highest };
  }

  /** Whether the run still has its export; rejects while the ledger is silent. */
  isCurrent(): Promise<boolean> {
    return this.ledger.holds(this.run);
  }

  private get interval(): number {
    return reportInterval(this.now() - this.startedAt);
  }

  private wait(ms: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.report();
      this.wait(this.interval);
    }, ms);
  }

  private report(): void {
    this.watchLimits();
    this.send();
    if (this.gauge.tables !== undefined) this.tableReport?.show(this.gauge.tables);
  }

  private watchLimits(): void {
    const now = this.now();
    const movement = this.gauge.movement();
    this.stillMs += Math.min(now - this.lookedAt, LONGEST_LOOK_MS);
    this.lookedAt = now;
    if (movement === null || movement !== this.lastMovement) {
      this.lastMovement = movement;
      this.stillMs = 0;
    }
    const { timeoutSeconds, stallSeconds } = this.limits;
    if (now - this.startedAt > timeoutSeconds * 1000) {
      this.stop(new StopReason('timed_out', `The export took longer than ${String(timeoutSeconds)} seconds.`));
    } else if (this.stillMs > stallSeconds * 1000) {
      this.stop(new StopReason('stalled', `Nothing has moved for ${String(stallSeconds)} seconds.`));
    }
  }

  /** One report at a time: a slow database gets fewer, not a queue of them. */
  private send(): void {
    if (this.sending) return;
    this.sending = true;
    this.pending = this.sendOne().finally(() => {
      this.sending = false;
    });
  }

  private async sendOne(): Promise<void> {
    try {
      const standing = await this.ledger.report(this.run, this.stage, this.progress, this.blocking());
      this.ledgerIsSilent = false;
      if (standing === 'cancel_requested') this.stop(new StopReason('cancelled', 'The export was cancelled.'));
      if (standing === 'lost') this.stop(new StopReason('superseded', 'Another worker has taken the export over.'));
    } catch (error) {
      // The run goes on: its row is taken from it only when nobody has heard of it for long.
      if (!this.ledgerIsSilent) this.logger.warn(`Progress can't be reported: ${String(error)}`);
      this.ledgerIsSilent = true;
    }
  }
}
