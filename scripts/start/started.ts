import type { Log } from '../machine/package-manager.ts';
import { rotateLog } from '../machine/log-file.ts';
import { wordsOf } from '../plain-error.ts';
import type { Running } from '../machine/running.ts';
import type { KeepAlive } from './keep-alive.ts';

/** Everything that was started, in that order; stopped in the opposite one. */
export class Started {
  private readonly stops: (() => Promise<void> | void)[] = [];
  private readonly keepers: KeepAlive[] = [];
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** Notes how to undo something. */
  add(stop: () => Promise<void> | void): void {
    this.stops.push(stop);
  }

  /** Starts a process; a stop from now on ends it, and a death from {@link guardAll} on starts it again. */
  async keep(keeper: KeepAlive): Promise<Running> {
    this.keepers.push(keeper);
    this.add(() => keeper.stop());
    return keeper.start();
  }

  guardAll(): void {
    for (const keeper of this.keepers) keeper.guard();
  }

  /** Looks every so often whether a log has grown too large. */
  watchLogs(everyMilliseconds = 60_000): void {
    const timer = setInterval(() => {
      for (const { logFile } of this.keepers) this.rotate(logFile);
    }, everyMilliseconds);
    this.add(() => clearInterval(timer));
  }

  private rotate(logFile: string): void {
    try {
      rotateLog(logFile);
    } catch (error) {
      this.log(`A log could not be put aside: ${wordsOf(error)}`);
    }
  }

  async stopAll(): Promise<void> {
    for (const stop of this.stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        this.log(`Stopping did not go well: ${wordsOf(error)}`);
      }
    }
  }

  force(): void {
    for (const keeper of this.keepers) keeper.force();
  }
}
