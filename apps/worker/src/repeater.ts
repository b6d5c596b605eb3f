import { Logger } from '@nestjs/common';

const STOP_PATIENCE_MS = 5_000;

/** Does something every so often, one at a time; trouble is logged once until it has passed. */
export class Repeater {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private lastTrouble = '';

  constructor(
    private readonly logger: Logger,
    private readonly intervalMs: number,
    private readonly task: () => Promise<void>,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      this.turn();
    }, this.intervalMs);
    this.turn();
  }

  /** Resolves when the turn that is under way has ended; one that waits for something that is away is left behind. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    let late: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      late = setTimeout(resolve, STOP_PATIENCE_MS);
    });
    await Promise.race([this.running, patience]);
    clearTimeout(late);
  }

  private turn(): void {
    this.running ??= this.task()
      .then(
        () => {
          this.lastTrouble = '';
        },
        (error: unknown) => {
          const trouble = error instanceof Error ? error.message : String(error);
          if (trouble !== this.lastTrouble) this.logger.warn(trouble);
          this.lastTrouble = trouble;
        },
      )
      .finally(() => {
        this.running = null;
      });
  }
}
