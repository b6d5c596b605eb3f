import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillNasty } from '../../sample-database/fill-nasty.ts';
import { ensureShop } from '../../sample-database/fill-shop.ts';
import { Client } from '../../test/support/client.ts';
import { administer, adminPassword, databaseUrl, Stack } from '../../test/support/stack.ts';
import type { Log } from '../machine/package-manager.ts';
import { runToolOrFail } from '../machine/tool.ts';
import { wordsOf } from '../plain-error.ts';
import type { PostgresCluster } from '../postgres/cluster.ts';
import { throwawayCluster } from '../test/throwaway-cluster.ts';
import { ThrowawayRedis } from '../test/throwaway-redis.ts';
import { Disk } from './disk.ts';
import { DATABASES, type Backend } from './plan.ts';
import { Process } from './process.ts';

export const WORKERS = 3;
export const APIS = 2;
const SHOP_SCALE = 0.15;
const GRACE_SECONDS = 3;

/** Everything a soak plays on: two PostgreSQL servers, Redis, the product's processes, two small disks. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'pg-export-soak-'));
  readonly work = new Disk(join(this.folder, 'work'), 100);
  readonly store = new Disk(join(this.folder, 'store'), 1_000);
  readonly keyFile = join(this.folder, 'age-key.txt');
  /** What should never have happened, in words. */
  readonly complaints: string[] = [];
  workers: Process[] = [];
  apis: Process[] = [];
  recipient = '';
  /** Holds pg-export's own database: a soak takes it away. */
  own!: PostgresCluster;
  /** Holds what is exported, and what is restored. */
  source!: PostgresCluster;
  redis: ThrowawayRedis | undefined;
  stack!: Stack;
  /** Of the SUPER_ADMIN, on each API. */
  clients: Client[] = [];
  private readonly log: Log;
  private readonly ends: (() => Promise<unknown>)[] = [];

  constructor(log: Log) {
    this.log = log;
    // The servers' OS user has to pass through to its own folders.
    chmodSync(this.folder, 0o711);
  }

  async start(backend: Backend): Promise<void> {
    for (const disk of [this.work, this.store]) {
      await disk.mount();
      this.ends.push(() => disk.unmount());
    }
    const identity = await generateX25519Identity();
    writeFileSync(this.keyFile, `${identity}\n`, { mode: 0o600 });
    this.recipient = await identityToRecipient(identity);
    // What was committed must be there after a crash of the server, as on a real one.
    const settings = { max_connections: '150', synchronous_commit: 'on' };
    this.own = await throwawayCluster(join(this.folder, 'own'), settings, this.log);
    this.source = await throwawayCluster(join(this.folder, 'source'), settings, this.log);
    for (const cluster of [this.own, this.source]) {
      await cluster.start();
      this.ends.push(() => cluster.stop());
    }
    await this.fillSources();
    if (backend === 'redis') {
      const redis = await ThrowawayRedis.start(this.folder);
      this.redis = redis;
      this.ends.push(() => redis.stop());
    }
    this.stack = await Stack.start({
      sources: { main: this.sourceUrl('main'), nasty: this.sourceUrl('nasty'), noise: this.sourceUrl('noise') },
      redisUrl: this.redis?.url,
      server: this.own.url(),
      workers: WORKERS,
      apis: APIS,
      env: {
        WORK_DIR: join(this.work.path, 'files'),
        STORAGE_URL: `file://${join(this.store.path, 'files')}`,
        EXPORT_LOCK_TIMEOUT_SECONDS: '600',
        EXPORT_MAX_QUEUED: '500',
        EXPORT_CONCURRENCY: '2',
        SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
        ACCESS_TOKEN_MINUTES: '1440',
      },
    });
    this.ends.push(() => this.stack.stop());
    const complain = (words: string) => this.complaints.push(words);
    this.workers = this.stack.workers.map(
      (running, index) => new Process(`worker ${index}`, running, () => this.stack.launchWorker(), complain),
    );
    this.apis = this.stack.apis.map(
      (running, index) => new Process(`API ${index}`, running, () => this.stack.launchApi({}, index), complain),
    );
    const admin = await new Client(this.stack.url).signIn('admin@localhost', adminPassword);
    this.clients = this.apis.map((_, index) => admin.on(this.stack.urlOf(index)));
  }

  sourceUrl(database: string): string {
    return databaseUrl(database, this.source.url());
  }

  /** Rows of pg-export's own database; none while it is away. */
  async sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.stack.sql<Row>(text, parameters).catch(() => []);
  }

  /** Processes may start in vain while their database is away: no complaint then. */
  excuseStarts(): void {
    for (const process of [...this.workers, ...this.apis]) process.excuse();
  }

  /** For whoever wants to know why: what the processes have written. */
  keepLog(path: string): void {
    writeFileSync(path, this.stack.log);
    this.log(`What the processes have written is in ${path}`);
  }

  /** Ends all that was started, the last first; also after a start that failed half way. */
  async stop(): Promise<void> {
    await this.quiet();
    for (const end of this.ends.toReversed()) {
      await end().catch((error: unknown) => this.log(`The soak itself could not clean up: ${wordsOf(error)}`));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** From now on a process that ends is not started again. */
  async quiet(): Promise<void> {
    await Promise.all([...this.workers, ...this.apis].map((process) => process.retire()));
  }

  private async fillSources(): Promise<void> {
    const server = this.source.url();
    await ensureShop(server, 'main', { scale: SHOP_SCALE });
    for (const name of DATABASES.slice(1)) await administer(`CREATE DATABASE ${name} TEMPLATE template0`, server);
    await fillNasty(this.sourceUrl('nasty'));
    const noise = `CREATE TABLE held AS SELECT 1 AS id; CREATE TABLE noise AS
      SELECT n, (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 120) AS m) AS words
        FROM generate_series(1, 4000) AS n; ALTER TABLE noise ADD PRIMARY KEY (n)`;
    await runToolOrFail('The noise could not be made', 'psql', ['-q', '-c', noise, this.sourceUrl('noise')]);
  }
}
