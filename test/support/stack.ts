import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../scripts/machine/ports.ts';
import { launchProcess, type Running } from '../../scripts/machine/running.ts';
import { runTool, type ToolResult } from '../../scripts/machine/tool.ts';
import { until } from './condition.ts';

const root = join(import.meta.dirname, '../..');
const startMilliseconds = 60_000;
export const adminPassword = 'correct horse battery staple';

export interface StackOptions {
  /** The databases to export: `main` and whatever else, by name. */
  sources: { main: string } & Record<string, string>;
  /** Redis for the queue; PostgreSQL when left out. */
  redisUrl?: string | undefined;
  /** How many workers; 1 when left out. */
  workers?: number;
  /** How many API processes, each on a port of its own; 1 when left out. */
  apis?: number;
  /** The server that pg-export's own database is on; the tests' when left out. */
  server?: string;
  /** Told of each process that is started. */
  onLaunch?: (kind: 'api' | 'worker', running: Running) => void;
  /** Further variables; where they need the stack's own database, made from its name. */
  env?: Record<string, string> | ((database: string) => Promise<Record<string, string>>);
}

/** What one process has for itself. */
export interface OwnSettings {
  env?: Record<string, string>;
  /** The file that takes what it writes. */
  output?: string;
}

/** The product as it runs: setup, then the API and the worker as processes of their own, on a database of their own. */
export class Stack {
  readonly dataDir: string;
  private readonly options: StackOptions;
  private readonly env: NodeJS.ProcessEnv;
  private readonly ports: readonly number[];
  private readonly database: string;
  readonly workers: Running[] = [];
  private readonly running: Running[] = [];
  private readonly ended = new Set<Running>();
  readonly apis: Running[] = [];

  private constructor(
    ports: readonly number[],
    dataDir: string,
    database: string,
    options: Omit<StackOptions, 'env'> & { env: Record<string, string> },
  ) {
    this.options = options;
    this.ports = ports;
    this.dataDir = dataDir;
    this.database = database;
    const sources = Object.entries(options.sources).map(([name, url]) => [
      name === 'main' ? 'EXPORT_DATABASE_URL' : `EXPORT_DATABASE_URL_${name.toUpperCase()}`,
      url,
    ]);
    this.env = {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl(database, options.server),
      SUPER_ADMIN_PASSWORD: adminPassword,
      ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
      ...Object.fromEntries(sources),
      ...options.env,
    };
  }

  static async start(options: StackOptions): Promise<Stack> {
    const database = `stack_${randomBytes(6).toString('hex')}`;
    await administer(`CREATE DATABASE ${database}`, options.server);
    const env = typeof options.env === 'function' ? await options.env(database) : (options.env ?? {});
    const dataDir = await mkdtemp(join(tmpdir(), 'pg-export-e2e-'));
    const ports = await Promise.all(Array.from({ length: options.apis ?? 1 }, freePort));
    const stack = new Stack(ports, dataDir, database, { ...options, env });
    try {
      await stack.finish(stack.launch('api/src/setup.js'));
      for (const index of ports.keys()) stack.launchApi({}, index);
      for (let workers = 0; workers < (options.workers ?? 1); workers += 1) stack.launchWorker();
      await stack.untilReady();
      return stack;
    } catch (error) {
      const log = stack.log;
      await stack.stop();
      throw new Error(`The stack did not start. Its log:\n${log}`, { cause: error });
    }
  }

  /** Where the API answers, or the first of several. */
  get url(): string {
    return this.urlOf(0);
  }

  urlOf(api: number): string {
    return `http://127.0.0.1:${this.ports[api]}`;
  }

  /** Those that have not ended. */
  get livingWorkers(): Running[] {
    return this.workers.filter((worker) => !this.ended.has(worker));
  }

  launchWorker(own: OwnSettings = {}): Running {
    const worker = this.launch('worker/src/main.js', own);
    this.workers.push(worker);
    this.options.onLaunch?.('worker', worker);
    return worker;
  }

  /** Runs a command of the API's to its end, with the environment of the stack. */
  command(program: string, args: readonly string[]): Promise<ToolResult> {
    return runTool(join(root, 'node_modules/.bin/node'), [join(root, 'dist/apps/api/src', program), ...args], {
      env: this.env,
      cwd: this.dataDir,
    });
  }

  /** The API as a supervisor starts it again, on the same port. */
  launchApi(own: OwnSettings = {}, index = 0): Running {
    const api = this.launch('api/src/main.js', { ...own, env: { PORT: String(this.ports[index]), ...own.env } });
    this.apis[index] = api;
    this.options.onLaunch?.('api', api);
    return api;
  }

  /** Ends the API as a crash would. */
  async killApi(index = 0): Promise<void> {
    this.apis[index]?.kill('SIGKILL');
    await this.apis[index]?.exited;
  }

  /** Resolves when the API answers that all of its parts are up, a worker among them. */
  untilReady(): Promise<void> {
    return until('API and worker are ready', () => this.isReady(), startMilliseconds);
  }

  /** From now on nobody reaches pg-export's own database, and whoever was there is thrown out. */
  async cutDatabase(): Promise<void> {
    const { server } = this.options;
    await administer(`ALTER DATABASE ${this.database} ALLOW_CONNECTIONS false`, server);
    await administer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${this.database}'`,
      server,
    );
  }

  async mendDatabase(): Promise<void> {
    await administer(`ALTER DATABASE ${this.database} ALLOW_CONNECTIONS true`, this.options.server);
  }

  /** Pg-export's own database, as superuser. */
  get ownUrl(): string {
    return databaseUrl(this.database, this.options.server);
  }

  /** Runs SQL in pg-export's own database. */
  sql<Row extends object>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return querySql<Row>(databaseUrl(this.database, this.options.server), text, parameters);
  }

  /** What the processes have written so far. */
  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Files that are being made, and files that are finished. */
  async files(): Promise<{ partial: string[]; finished: string[] }> {
    const [partial, finished] = await Promise.all([
      readdir(join(this.dataDir, 'work')),
      readdir(join(this.dataDir, 'artifacts')),
    ]);
    // The store's marker is no file of an export.
    return { partial, finished: finished.filter((name) => !name.startsWith('.')) };
  }

  /** Ends both processes as a supervisor would, and removes what they had. */
  async stop(): Promise<void> {
    for (const process of this.running.toReversed()) {
      // One that a test has frozen hears of it only when it goes on.
      process.kill('SIGCONT');
      process.kill('SIGTERM');
      await process.exited;
    }
    await rm(this.dataDir, { recursive: true, force: true });
    await administer(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`, this.options.server);
  }

  private get logFile(): string {
    return join(this.dataDir, 'processes.log');
  }

  private launch(program: string, { env = {}, output: path = this.logFile }: OwnSettings = {}): Running {
    const output = openSync(path, 'a');
    const running = launchProcess({
      command: join(root, 'node_modules/.bin/node'),
      args: [join(root, 'dist/apps', program)],
      env: { ...this.env, ...env },
      cwd: this.dataDir,
      output,
    });
    closeSync(output);
    this.running.push(running);
    void running.exited.then(() => this.ended.add(running));
    return running;
  }

  private async finish(running: Running): Promise<void> {
    const exit = await running.exited;
    if (exit.code !== 0) throw new Error(`setup ended with ${String(exit.code ?? exit.signal)}`);
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
  }
}

/** A database of a server, usually the tests'. */
export function databaseUrl(name: string, server = process.env['TEST_DATABASE_URL']): string {
  if (server === undefined) throw new Error('TEST_DATABASE_URL is not set: run "npm test", which starts a server.');
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A statement as superuser, outside any of the databases under test. */
export async function administer(sql: string, server?: string): Promise<void> {
  await querySql(databaseUrl('postgres', server), sql);
}

/** Runs SQL on a connection of its own. */
export async function querySql<Row extends object>(
  url: string,
  text: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return (await client.query<Row>(text, parameters).finally(() => client.end())).rows;
}
