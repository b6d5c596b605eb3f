import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureShop } from '../../sample-database/fill-shop.ts';
import type { Log } from '../machine/package-manager.ts';
import { freePort } from '../machine/ports.ts';
import { PlainError } from '../plain-error.ts';
import { embeddedCluster } from '../postgres/embedded-cluster.ts';
import { service, setUp } from '../start/product.ts';
import { untilReady } from '../start/readiness.ts';
import { Started } from '../start/started.ts';
import { testEnvironment } from '../test/test-environment.ts';
import { fillShape } from './progress-shapes.ts';
import type { PgEnvironment } from './bare-programs.ts';

const readyTimeoutSeconds = 90;
const graceMilliseconds = 10_000;
export const SHOP = 'shop';

export interface Stack {
  /** Where the API answers. */
  origin: string;
  email: string;
  password: string;
  workerPid: number;
  apiPid: number;
  /** Pg-export's own database. */
  ownUrl: string;
  /** The folder of the finished files. */
  storeFolder: string;
  /** The exported database, for the bare programs and for looking at its server. */
  shopUrl: string;
  pg: PgEnvironment;
}

/** What there is to export, and with which pg_dump. */
export interface Databases {
  /** Of the shop. */
  scale: number;
  /** Folder of pg_dump; left out: the one that pg-export finds. */
  client?: string | undefined;
  /** Databases that are made beside the shop. */
  shapes?: readonly string[];
  /** Of them; left out: the shop's. */
  shapeScale?: number;
}

/** A PostgreSQL with the shop, the API and a worker, in a folder of their own that is gone with them. */
export class BenchStack {
  /** For the bare programs' files too, so that both write to the same disk. */
  readonly folder = mkdtempSync(join(tmpdir(), 'pg-export-bench-'));
  private readonly started: Started;
  private readonly root: string;
  private readonly log: Log;

  constructor(root: string, log: Log) {
    this.root = root;
    this.log = log;
    this.started = new Started(log);
    // The server's OS user has to pass through to its own folder.
    chmodSync(this.folder, 0o711);
  }

  async start({ scale, client, shapes = [], shapeScale = scale }: Databases, signal: AbortSignal): Promise<Stack> {
    const cluster = await embeddedCluster(this.folder, { log: this.log, signal });
    await cluster.ensure(signal);
    this.started.add(() => cluster.stop());
    await cluster.start();
    await cluster.ensureDatabase('pg_export');
    const begin = performance.now();
    await ensureShop(cluster.url(), SHOP, {
      scale,
      onStep: (message) => {
        signal.throwIfAborted();
        this.log(message);
      },
    });
    this.log(`sample shop: made in ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    for (const shape of shapes) {
      await cluster.ensureDatabase(shape);
      await fillShape(cluster.url(shape), shape, shapeScale);
      signal.throwIfAborted();
    }
    const [email, password] = ['bench@localhost', randomBytes(18).toString('base64url')];
    const port = await freePort();
    const environment: NodeJS.ProcessEnv = {
      ...testEnvironment(process.env, this.root),
      NODE_ENV: 'production',
      PORT: String(port),
      DATA_DIR: this.folder,
      DATABASE_URL: cluster.url('pg_export'),
      EXPORT_DATABASE_URL: cluster.url(SHOP),
      ...Object.fromEntries(shapes.map((shape) => [`EXPORT_DATABASE_URL_${shape.toUpperCase()}`, cluster.url(shape)])),
      SUPER_ADMIN_EMAIL: email,
      SUPER_ADMIN_PASSWORD: password,
      // Longer than any run, and more than the latencies below ask for.
      ACCESS_TOKEN_MINUTES: '1440',
      EXPORT_MAX_QUEUED: '100000',
      ...(client === undefined ? {} : { PG_BIN_DIR: client }),
    };
    await setUp({ root: this.root, environment, force: signal, onFirstAdmin: () => undefined });
    const origin = `http://127.0.0.1:${port}`;
    const pids = await this.startServices(environment, origin, signal);
    return {
      origin,
      email,
      password,
      ...pids,
      ownUrl: cluster.url('pg_export'),
      storeFolder: join(this.folder, 'artifacts'),
      shopUrl: cluster.url(SHOP),
      pg: pgEnvironment(cluster.url(SHOP)),
    };
  }

  async stop(): Promise<void> {
    await this.started.stopAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startServices(
    environment: NodeJS.ProcessEnv,
    origin: string,
    signal: AbortSignal,
  ): Promise<{ workerPid: number; apiPid: number }> {
    const common = {
      root: this.root,
      dataDir: this.folder,
      environment,
      graceMilliseconds,
      log: this.log,
      onLaunch: () => undefined,
    };
    const [api, worker] = [service('api', common), service('worker', common)];
    const [apiProcess, workerProcess] = [await this.started.keep(api), await this.started.keep(worker)];
    const probe = { timeoutSeconds: readyTimeoutSeconds, signal };
    await untilReady({
      ...probe,
      name: api.name,
      logFile: api.logFile,
      running: apiProcess,
      url: `${origin}/health/live`,
    });
    await untilReady({
      ...probe,
      name: worker.name,
      logFile: worker.logFile,
      running: workerProcess,
      url: `${origin}/health/ready`,
    });
    if (workerProcess.pid === undefined || apiProcess.pid === undefined)
      throw new PlainError('The API and the worker could not be started');
    return { workerPid: workerProcess.pid, apiPid: apiProcess.pid };
  }
}

function pgEnvironment(url: string): PgEnvironment {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
}
