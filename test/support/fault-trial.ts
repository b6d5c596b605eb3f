import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Running } from '../../scripts/machine/running.ts';
import { ThrowawayRedis } from '../../scripts/test/throwaway-redis.ts';
import { Client, type Export } from './client.ts';
import { until } from './condition.ts';
import { administer, adminPassword, databaseUrl, Stack, type StackOptions } from './stack.ts';

export const BACKENDS = ['PostgreSQL', 'Redis'] as const;
export type QueueBackend = (typeof BACKENDS)[number];

/** A worker is silent for 15 s and one look more before its export is given to another one. */
export const TAKE_OVER_MILLISECONDS = 60_000;

/** The product, a source in which pg_dump can be held, and what tests of faults do with both. */
export class FaultTrial {
  readonly folder: string;
  readonly source: string;
  readonly stack: Stack;
  readonly admin: Client;
  /** Null with the queue on PostgreSQL. */
  readonly redis: ThrowawayRedis | null;
  private readonly locker: pg.Client;
  /** Looks on from outside the locker's transaction, which would see the same picture for ever. */
  private readonly watcher: pg.Client;

  private constructor(parts: Pick<FaultTrial, 'folder' | 'source' | 'stack' | 'admin' | 'redis'> & Connections) {
    this.folder = parts.folder;
    this.source = parts.source;
    this.stack = parts.stack;
    this.admin = parts.admin;
    this.redis = parts.redis;
    this.locker = parts.locker;
    this.watcher = parts.watcher;
  }

  static async start(
    backend: QueueBackend,
    { env, others = {}, ...options }: FaultTrialOptions = {},
  ): Promise<FaultTrial> {
    const folder = await mkdtemp(join(tmpdir(), 'pg-export-faults-'));
    const source = `e2e_faults_${folder.slice(-6).toLowerCase()}`;
    await administer(`CREATE DATABASE ${source}`);
    const [locker, watcher] = [databaseUrl(source), databaseUrl(source)].map(
      (connectionString) => new pg.Client({ connectionString }),
    ) as [pg.Client, pg.Client];
    await Promise.all([locker.connect(), watcher.connect()]);
    await locker.query(`CREATE TABLE held (id integer);
      CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 300) AS m)
        FROM generate_series(1, 6000) AS n`);
    const redis = backend === 'Redis' ? await ThrowawayRedis.start(folder) : null;
    const stack = await Stack.start({
      sources: { main: databaseUrl(source), ...others },
      redisUrl: redis?.url,
      workers: 2,
      ...options,
      env: { EXPORT_LOCK_TIMEOUT_SECONDS: '600', SHUTDOWN_GRACE_SECONDS: '1', EXPORT_MAX_QUEUED: '30', ...env },
    });
    const admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
    return new FaultTrial({ folder, source, stack, admin, redis, locker, watcher });
  }

  async stop(): Promise<void> {
    await Promise.all([this.locker.end(), this.watcher.end()]);
    await this.stack.stop();
    await this.redis?.stop();
    await administer(`DROP DATABASE IF EXISTS ${this.source} WITH (FORCE)`);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** From now on pg_dump waits in the middle of its work. */
  async hold(): Promise<void> {
    await this.locker.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
  }

  async letGo(): Promise<void> {
    await this.locker.query('ROLLBACK');
  }

  /** The exports whose pg_dump is connected to the source. */
  async dumping(): Promise<string[]> {
    const { rows } = await this.watcher.query<{ name: string }>(
      `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'pg-export/%'`,
      [this.source],
    );
    return rows.map(({ name }) => name.slice('pg-export/'.length));
  }

  /** Waits until pg_dump of the export stands before the lock. */
  untilHeld(id: string): Promise<void> {
    return until(`export ${id} is held in pg_dump`, async () => {
      const { rows } = await this.watcher.query(
        `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
        [`pg-export/${id}`],
      );
      return rows.length > 0;
    });
  }

  async ask(body: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.admin.call('POST', '/admin/db/export', body);
    if (answer.status !== 202) throw new Error(`POST answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as Export).id;
  }

  async askAndHold(body: Record<string, unknown> = {}): Promise<string> {
    await this.hold();
    const id = await this.ask(body);
    await this.untilHeld(id);
    return id;
  }

  /** Waits until the export runs for another time. */
  untilAttempt(id: string, attempt: number): Promise<void> {
    return until(
      `attempt ${attempt} of ${id}`,
      async () => (await this.admin.export(id)).attempts === attempt,
      TAKE_OVER_MILLISECONDS,
    );
  }

  /** The process that has the export, if one has. */
  async holderOf(id: string): Promise<Running | undefined> {
    const [row] = await this.stack.sql<{ worker: string }>(
      `SELECT coalesce(worker_id, '') AS worker FROM pgexport.exports WHERE id = $1`,
      [id],
    );
    return this.stack.workers.find(({ pid }) => row?.worker.includes(`/${String(pid)}/`));
  }

  async workerOf(id: string): Promise<Running> {
    const worker = await this.holderOf(id);
    if (worker === undefined) throw new Error(`Nobody has export ${id}.`);
    return worker;
  }

  /** The promise of a `ready` export: its file is there, and is the one that was promised. */
  async expectWhole(ready: Export): Promise<void> {
    expect(ready).toMatchObject({ status: 'ready', error: null });
    expect(await this.admin.download(ready.id, join(this.folder, 'file'))).toBe(ready.file?.sha256);
  }

  /** Waits for the end of an export, which must be a whole file. */
  async wholeInTheEnd(id: string): Promise<Export> {
    const ready = await this.admin.untilFinal(id);
    await this.expectWhole(ready);
    return ready;
  }
}

interface FaultTrialOptions extends Partial<Omit<StackOptions, 'env' | 'sources'>> {
  env?: Record<string, string>;
  /** Databases to export beside the one that can be held, by name. */
  others?: Record<string, string>;
}

interface Connections {
  locker: pg.Client;
  watcher: pg.Client;
}
