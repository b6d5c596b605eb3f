import { WorkerRoll } from '#lib/database';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Repeater } from './repeater.js';
import { WorkerIdentity } from './worker-identity.js';

const INTERVAL_MS = 5_000;

/** Keeps this worker on the roll that the API's health looks at. */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeater = new Repeater(new Logger(Presence.name), INTERVAL_MS, () =>
    this.roll.report(this.identity.id),
  );

  constructor(
    private readonly roll: WorkerRoll,
    private readonly identity: WorkerIdentity,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeater.stop();
    // Whoever can't say goodbye is struck off by the next to report.
    await this.roll.leave(this.identity.id).catch(() => undefined);
  }
}
