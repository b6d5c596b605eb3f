import type { ServiceConfig } from '#lib/config';
import { hostname } from 'node:os';
import { v7 as uuidv7 } from 'uuid';

/** Who this worker process is, and how much it may take on. */
export class WorkerIdentity {
  /** New at each start: a restarted process must not be taken for the one that died. */
  readonly id = `${hostname()}/${String(process.pid)}/${uuidv7()}`;
  readonly concurrency: number;
  readonly perDatabase: number;
  readonly graceSeconds: number;

  constructor(config: ServiceConfig) {
    this.concurrency = config.exportConcurrency;
    this.perDatabase = config.exportConcurrencyPerDatabase;
    this.graceSeconds = config.shutdownGraceSeconds;
  }
}
