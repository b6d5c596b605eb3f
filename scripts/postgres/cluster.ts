import { closeSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { lastLinesOf, openLogFile } from '../machine/log-file.ts';
import { launchProcess, type Running } from '../machine/running.ts';
import type { OsUser } from '../machine/os-user.ts';
import type { Log } from '../machine/package-manager.ts';
import { freePort, tryToListen } from '../machine/ports.ts';
import { endProcess, identify, workingFolderOf } from '../machine/processes.ts';
import { PlainError } from '../plain-error.ts';
import type { PostgresBinaries } from './binaries.ts';
import {
  dataFolderOf,
  initialise,
  isWhole,
  markAsWhole,
  moveHalfMadeAside,
  serverEnvironment,
  superuser,
} from './data-folder.ts';
import { isSameFolder, readPostmasterFile } from './postmaster-file.ts';

export interface ClusterOptions {
  /** Its folder, owned by the server's OS user: data, log, port and the mark that it was made to its end. */
  home: string;
  binaries: PostgresBinaries;
  /** Of the superuser `postgres`. */
  password: string;
  /** The OS user to run as; our own when left out. */
  user?: OsUser;
  /** Whether a crash of the machine may lose nothing. Default true; throwaway servers save the time. */
  durable?: boolean;
  /** Further server settings, as in postgresql.conf. */
  settings?: Record<string, string>;
  log: Log;
}

/** Longest crash recovery we wait for. */
const startMilliseconds = 10 * 60_000;
const pollMilliseconds = 20;

/** A PostgreSQL server of our own: on 127.0.0.1 only, with a password, in one folder. Used by start, tests and benchmarks. */
export class PostgresCluster {
  private readonly options: ClusterOptions;
  /** Where the server writes what happens. */
  readonly logFile: string;
  private readonly data: string;
  private port: number | undefined;
  private running: Running | undefined;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.data = dataFolderOf(options.home);
    this.logFile = join(options.home, 'server.log');
  }

  /** Makes the cluster when there is none; a half-made one is moved aside, one left running by a dead owner is stopped. */
  async ensure(signal?: AbortSignal): Promise<{ created: boolean }> {
    const { home, binaries, user, password, durable = true, log } = this.options;
    await this.stopLeftOver();
    if (isWhole(home)) return { created: false };
    moveHalfMadeAside(home, log);
    await initialise(home, binaries, { user, password, durable, signal });
    markAsWhole(home);
    return { created: true };
  }

  /** Starts the server and waits until it takes connections, or the signal. The port is chosen once and remembered in the folder. */
  async start(signal?: AbortSignal): Promise<Running> {
    const port = (this.port ??= await this.choosePort());
    const running = this.launch(port);
    this.running = running;
    await this.untilReady(running, signal);
    await this.checkIdentity();
    return running;
  }

  /** Whether the server runs that another process has started; if so, its url can be asked. */
  async find(): Promise<boolean> {
    const file = join(this.options.home, 'port');
    if (!existsSync(file)) return false;
    this.port = Number(readFileSync(file, 'utf8'));
    return this.checkIdentity().then(
      () => true,
      () => false,
    );
  }

  /** Fast shutdown: connections are ended, data is flushed. Harmless when the server does not run. */
  async stop(): Promise<void> {
    const running = this.running;
    if (!running) return;
    running.kill('SIGINT');
    const quit = setTimeout(() => running.kill('SIGQUIT'), 60_000);
    await running.exited;
    clearTimeout(quit);
    this.running = undefined;
  }

  /** Immediate shutdown (SIGQUIT): the next start recovers from the write-ahead log. */
  force(): void {
    this.running?.kill('SIGQUIT');
  }

  /** Ends it as a crash would, and waits for that; the next start recovers. */
  async crash(): Promise<void> {
    this.force();
    await this.running?.exited;
  }

  /** The superuser's connection string for one database. */
  url(database = 'postgres'): string {
    if (this.port === undefined) throw new Error('the cluster has no port before its first start');
    const password = encodeURIComponent(this.options.password);
    return `postgresql://${superuser}:${password}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Makes the database unless it is there. */
  async ensureDatabase(name: string): Promise<void> {
    const known = await this.ask('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (known.length === 0) await this.ask(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  }

  private async choosePort(): Promise<number> {
    const file = join(this.options.home, 'port');
    const remembered = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
    if (remembered > 0 && (await tryToListen('127.0.0.1', remembered)) === 'free') return remembered;
    const port = await freePort();
    if (remembered > 0)
      this.options.log(`Port ${remembered} of PostgreSQL is taken by another program: it gets ${port} now`);
    writeFileSync(file, `${port}\n`);
    return port;
  }

  private launch(port: number): Running {
    const { binaries, user, durable = true, settings = {} } = this.options;
    const all: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      // TCP alone: no socket folder whose path could be too long, and nothing in /tmp.
      unix_socket_directories: '',
      cluster_name: 'pg-export',
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
      ...settings,
    };
    const log = openLogFile(this.logFile);
    try {
      return launchProcess({
        command: join(binaries.folder, 'postgres'),
        args: ['-D', this.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        cwd: '/',
        env: serverEnvironment(),
        user,
        output: log,
      });
    } finally {
      closeSync(log);
    }
  }

  private async untilReady(running: Running, signal?: AbortSignal): Promise<void> {
    const state = { exited: false };
    void running.exited.then(() => (state.exited = true));
    const deadline = Date.now() + startMilliseconds;
    for (;;) {
      const file = readPostmasterFile(this.data);
      if (file && file.pid === running.pid && file.status === 'ready') return;
      signal?.throwIfAborted();
      if (state.exited) throw new PlainError(`PostgreSQL did not start. It said:\n${this.lastWords()}`);
      if (Date.now() > deadline)
        throw new PlainError(`PostgreSQL is not ready after 10 minutes. It said:\n${this.lastWords()}`);
      await new Promise((wake) => setTimeout(wake, pollMilliseconds));
    }
  }

  /** Another server may have taken the port between our choice and now; never trust one that merely answers. */
  private async checkIdentity(): Promise<void> {
    const folder = await this.askDataFolder(this.url());
    if (!isSameFolder(folder, this.data)) throw new PlainError(`Another PostgreSQL (${folder}) answers at our port`);
  }

  private async stopLeftOver(): Promise<void> {
    const file = readPostmasterFile(this.data);
    const leftOver = file && identify(file.pid);
    if (!leftOver) return;
    const works = workingFolderOf(file.pid);
    const ours = works === undefined ? await this.answersAs(file.port) : isSameFolder(works, this.data);
    // A number that another program got since: PostgreSQL itself knows what to do with the stale file.
    if (!ours) return;
    this.options.log(
      `The PostgreSQL of an earlier run is still there (pid ${file.pid}): it is stopped and started again`,
    );
    await endProcess(leftOver, { polite: 'SIGINT', force: 'SIGQUIT', graceMilliseconds: 30_000 });
  }

  private async answersAs(port: number): Promise<boolean> {
    this.port = port;
    try {
      return isSameFolder(await this.askDataFolder(this.url()), this.data);
    } catch {
      return false;
    } finally {
      this.port = undefined;
    }
  }

  private async askDataFolder(url: string): Promise<string> {
    const [row] = await this.ask('SHOW data_directory', [], url);
    return String(row?.['data_directory']);
  }

  private async ask(sql: string, values: unknown[] = [], url = this.url()): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    try {
      await client.connect();
      return (await client.query<Record<string, unknown>>(sql, values)).rows;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code !== '28P01') throw error;
      throw new PlainError(
        `The password of the embedded PostgreSQL does not fit its database any more. Put DATA_DIR/secrets back, or move ${this.options.home} away to begin anew`,
        { cause: error },
      );
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private lastWords(): string {
    return lastLinesOf(this.logFile, 5).join('\n');
  }
}
