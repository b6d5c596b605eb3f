import { wordsOf } from '../plain-error.ts';
import { exitWords, type Exit, type Running } from '../machine/running.ts';
import type { Log } from '../machine/package-manager.ts';

export interface KeepAliveOptions {
  name: string;
  /** Starts the process and resolves once it may be relied on; a rejection counts as a death, except the first time. */
  launch: () => Promise<Running>;
  /** How long a stop waits after SIGTERM before it kills. */
  graceMilliseconds: number;
  /** How to stop it, and how to end it at once, where signals to the group are not the way. */
  own?: { stop: () => Promise<void>; force: () => void };
  log: Log;
  /** Where its words are, for the log line. */
  logFile: string;
  /** Told about each process that is started. */
  onLaunch?: (pid: number) => void;
  delays?: { firstMilliseconds: number; longestMilliseconds: number; resetMilliseconds: number };
}

const defaultDelays = { firstMilliseconds: 1_000, longestMilliseconds: 30_000, resetMilliseconds: 60_000 };

/**
 * Keeps one process running: a dead one is started again after 1 s, doubling up to 30 s, and 1 s again after a minute of
 * life, with one line in the log.
 */
export class KeepAlive {
  private readonly options: KeepAliveOptions;
  private readonly delays: NonNullable<KeepAliveOptions['delays']>;
  private running: Running | undefined;
  private startedAt = 0;
  private nextDelay: number;
  private timer: NodeJS.Timeout | undefined;
  private stopping = false;
  private forced = false;
  private relaunching: Promise<void> | undefined;

  constructor(options: KeepAliveOptions) {
    this.options = options;
    this.delays = options.delays ?? defaultDelays;
    this.nextDelay = this.delays.firstMilliseconds;
  }

  get name(): string {
    return this.options.name;
  }

  get logFile(): string {
    return this.options.logFile;
  }

  /** The first start. A process that ends before the caller calls {@link guard} is the caller's business. */
  async start(): Promise<Running> {
    this.startedAt = Date.now();
    const running = await this.options.launch();
    this.running = running;
    if (running.pid !== undefined) this.options.onLaunch?.(running.pid);
    return running;
  }

  /** From now on a death leads to a new start. */
  guard(): void {
    const running = this.running;
    if (!running) throw new Error(`${this.options.name} is guarded before it was started`);
    void running.exited.then((exit) => this.onDeath(running, exit));
  }

  /** Ends it for good: SIGTERM, the grace, then SIGKILL; nothing of its group stays behind. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    if (this.options.own) {
      await this.options.own.stop();
      // A start that was under way may have come after that: what it started is stopped in its turn.
      await this.relaunching;
      await this.options.own.stop();
      return;
    }
    await this.relaunching;
    const running = this.running;
    if (!running) return;
    running.kill('SIGTERM');
    const kill = setTimeout(() => {
      this.options.log(`${this.options.name} did not stop in time and is killed`);
      running.killGroup();
    }, this.options.graceMilliseconds);
    await running.exited;
    clearTimeout(kill);
    running.killGroup();
    this.running = undefined;
  }

  /** Ends it and its group at once; a stop that is under way then comes to its end. */
  force(): void {
    this.stopping = true;
    this.forced = true;
    clearTimeout(this.timer);
    if (this.options.own) this.options.own.force();
    else this.running?.killGroup();
  }

  private onDeath(running: Running, exit: Exit): void {
    running.killGroup();
    this.running = undefined;
    if (this.stopping) return;
    this.startAgainLater(`ended (${exitWords(exit)})`);
  }

  private startAgainLater(what: string): void {
    const { name, log, logFile } = this.options;
    if (Date.now() - this.startedAt >= this.delays.resetMilliseconds) this.nextDelay = this.delays.firstMilliseconds;
    const delay = this.nextDelay;
    this.nextDelay = Math.min(delay * 2, this.delays.longestMilliseconds);
    log(`${name} ${what}: started again in ${delay / 1000} s; its last words are in ${logFile}`);
    this.timer = setTimeout(() => {
      this.relaunching = this.startAgain();
    }, delay);
  }

  private async startAgain(): Promise<void> {
    try {
      await this.start();
      if (!this.stopping) this.guard();
      else if (this.forced) this.force();
    } catch (error) {
      if (!this.stopping) this.startAgainLater(`did not start again (${wordsOf(error)})`);
    }
  }
}
