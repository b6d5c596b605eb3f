import { STORE_MARKER } from '#lib/artifacts';
import { loadServiceConfig, type ServiceConfig } from '#lib/config';
import type { RequestedOptions } from '#lib/domain';
import { chooseQueueBackend, ExportQueue, migrateQueue } from '#lib/queue';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { anOptions, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { hasFailed } from '../../../libs/database/testing/spec-outcome.js';
import { ThrowawayDatabase } from '../../../libs/database/testing/throwaway-database.js';
import type { ExportEntity } from '../../../libs/database/src/index.js';
import { Reconciler } from '../src/reconciler.js';
import { WorkerModule } from '../src/worker.module.js';

/** An installation without an API: its database, a source with a table to lock, its folders, and workers on demand. */
export class Installation {
  private readonly workers = new Set<INestApplicationContext>();

  private constructor(
    readonly ledger: LedgerTrial,
    readonly source: ThrowawayDatabase,
    readonly dataDir: string,
    private readonly redisUrl: string | undefined,
  ) {}

  /** @param redisUrl of the queue, which is on PostgreSQL without it */
  static async make(purpose: string, redisUrl?: string): Promise<Installation> {
    const ledger = await LedgerTrial.start(purpose);
    await migrateQueue(ledger.database.url);
    const source = await ThrowawayDatabase.make(`${purpose}_source`);
    await source.sql(`CREATE TABLE held (id integer); INSERT INTO held VALUES (1);
      CREATE TABLE many AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 20000) AS n`);
    return new Installation(ledger, source, await mkdtemp(join(tmpdir(), 'pg-export-worker-')), redisUrl);
  }

  config(environment: Record<string, string> = {}): ServiceConfig {
    return loadServiceConfig({
      DATABASE_URL: this.ledger.database.url,
      EXPORT_DATABASE_URL: this.source.url,
      DATA_DIR: this.dataDir,
      ...(this.redisUrl === undefined ? {} : { REDIS_URL: this.redisUrl }),
      ...environment,
    });
  }

  /** Starts the worker as its main program does; `environment` is what a test is about. */
  async worker(environment: Record<string, string> = {}): Promise<INestApplicationContext> {
    const config = this.config(environment);
    chooseQueueBackend(config);
    const worker = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), { logger: false });
    this.workers.add(worker);
    return worker;
  }

  async leave(worker: INestApplicationContext): Promise<void> {
    this.workers.delete(worker);
    await worker.close();
  }

  /** Writes an export down and puts its job into the queue, as the API does. */
  async request(worker: INestApplicationContext, wishes: RequestedOptions = {}): Promise<string> {
    const row = await this.ledger.queued({ options: anOptions(wishes) });
    await worker.get(ExportQueue).add(row);
    return row.id;
  }

  /** What the worker does by itself every few seconds; two looks tell a dead worker from a busy one. */
  async reconcile(worker: INestApplicationContext): Promise<void> {
    const reconciler = worker.get(Reconciler);
    await reconciler.takeBack();
    await reconciler.takeBack();
    await reconciler.fillQueue();
  }

  /** Waits until an export is as it should be; fails when it ends otherwise. */
  async until(id: string, isSo: (row: ExportEntity) => boolean, timeoutMs?: number): Promise<ExportEntity> {
    return eventually(() => this.ledger.row(id), isSo, timeoutMs);
  }

  status(id: string, status: ExportEntity['status'], timeoutMs?: number): Promise<ExportEntity> {
    return this.until(id, (row) => row.status === status, timeoutMs);
  }

  /** Files of the work folder and of the store. */
  async files(): Promise<string[]> {
    const names = await Promise.all(
      ['work', 'artifacts'].map(async (folder) => {
        const found = await readdir(join(this.dataDir, folder)).catch(() => []);
        return found.filter((name) => name !== STORE_MARKER).map((name) => `${folder}/${name}`);
      }),
    );
    return names.flat();
  }

  /** Between tests: no worker, no export, no file. */
  async clear(): Promise<void> {
    for (const worker of this.workers) await this.leave(worker);
    await this.ledger.clear();
    if (!hasFailed()) await rm(this.dataDir, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.clear();
    await this.ledger.stop();
    await this.source.drop();
  }
}
