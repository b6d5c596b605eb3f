import { WorkerRoll } from '#lib/database';
import { PgServers } from '#lib/dump-engine';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Repeater } from './repeater.js';
import { WorkerIdentity } from './worker-identity.js';

const INTERVAL_MS = 5_000;
/** Looking for them starts a program of each; one that is installed is seen after a minute. */
const SERVERS_KEPT_MS = 60_000;

/** Keeps this worker on the roll that the API looks at: whether anybody works, and who can prove what. */
@Injectable()
export class Presence implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly repeater = new Repeater(new Logger(Presence.name), INTERVAL_MS, () => this.report());
  private servers: { majors: number[]; until: number } | null = null;

  constructor(
    private readonly roll: WorkerRoll,
    private readonly identity: WorkerIdentity,
    private readonly programs: PgServers,
  ) {}

  onApplicationBootstrap(): void {
    this.repeater.start();
  }

  private async report(): Promise<void> {
    if (this.servers === null || performance.now() > this.servers.until) {
      this.servers = { majors: await this.programs.majors(), until: performance.now() + SERVERS_KEPT_MS };
    }
    await this.roll.report(this.identity.id, this.servers.majors);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.repeater.stop();
    // Whoever can't say goodbye is struck off by the next to report.
    await this.roll.leave(this.identity.id).catch(() => undefined);
  }
}
