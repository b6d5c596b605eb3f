import { ExportFailure } from '#lib/domain';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ChildProgram, describeExit, isSuccess } from '../child-program.js';
import { classifyFileError } from '../failure-words.js';
import { SourceAddress } from '../source-address.js';
import { connectToSource } from '../source-client.js';
import type { PgServer } from './pg-servers.js';
import { ProofFolder } from './proof-folder.js';

const START_MS = 30_000;
const POLL_MS = 20;
/** What the processes of a server that is told to quit may take; then the postmaster is killed. */
const QUIT_MS = 1_500;

/** Nothing of it has to survive anything, nobody reaches it by TCP, and it leaves nothing in shared memory. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
  max_connections: '20',
  shared_buffers: '64MB',
  maintenance_work_mem: '128MB',
  dynamic_shared_memory_type: 'mmap',
  logging_collector: 'off',
  log_destination: 'stderr',
  jit: 'off',
};

/**
 * A PostgreSQL server that is there for one proof: in a folder of its own, on its own Unix socket, behind a password that
 * nobody knows. It ends with us, however we end, and its folder is gone when it has been stopped.
 */
export class ThrowawayServer {
  /** The superuser's name: random, because the roles of a restored database may be called anything. */
  readonly admin = `proof_admin_${randomBytes(6).toString('hex')}`;
  readonly password = randomBytes(24).toString('hex');
  private process: ChildProgram | null = null;

  private constructor(
    readonly programs: PgServer,
    readonly folder: ProofFolder,
  ) {}

  /**
   * Makes the cluster and waits until it takes connections. Nothing is left of it when that fails.
   * @param key of the artifact to be proven, which its folder is called after
   * @throws {ExportFailure} `verify_unavailable`, `disk_full`, or the signal's reason
   */
  static async start(programs: PgServer, workDir: string, key: string, signal: AbortSignal): Promise<ThrowawayServer> {
    signal.throwIfAborted();
    const folder = await ProofFolder.create(workDir, key, programs.account);
    const server = new ThrowawayServer(programs, folder);
    try {
      await server.initialise(signal);
      await server.launch(signal);
      return server;
    } catch (error) {
      await server.stop();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Where a role of this server finds one of its databases. */
  address(database: string, role = this.admin, password = this.password): SourceAddress {
    const url = new URL(`postgres://localhost/${encodeURIComponent(database)}`);
    url.username = encodeURIComponent(role);
    url.password = encodeURIComponent(password);
    url.searchParams.set('host', this.folder.sockets);
    return new SourceAddress(url.href);
  }

  /** Runs SQL as the superuser, on a connection of its own. */
  async administer<Row extends object>(database: string, sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const client: pg.Client = await connectToSource(this.address(database), 'pg-export proof');
    try {
      return (await client.query<Row>(sql, parameters)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** The server's own last words: what it says of a full disk, a client may not get to hear. */
  get lastWords(): string {
    return this.process?.stderr ?? '';
  }

  /** Immediate shutdown: unlike a kill it also clears the shared memory away. */
  quit(): void {
    this.process?.kill('SIGQUIT');
  }

  /** Ends the server at once, and removes its folder. Harmless when repeated. */
  async stop(): Promise<void> {
    if (this.process !== null) {
      this.quit();
      const late = setTimeout(() => this.process?.kill(), QUIT_MS);
      await this.process.exited.catch(() => undefined);
      clearTimeout(late);
    }
    await this.folder.remove();
  }

  private async initialise(signal: AbortSignal): Promise<void> {
    const { account, initdb } = this.programs;
    const passwordFile = await this.folder.write('password', `${this.password}\n`, account);
    const args = [
      `--pgdata=${this.folder.data}`,
      `--username=${this.admin}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ];
    const program = new ChildProgram(initdb, args, {}, { account });
    const kill = () => {
      program.kill();
    };
    signal.addEventListener('abort', kill, { once: true });
    try {
      const exit = await program.exited;
      signal.throwIfAborted();
      if (!isSuccess(exit)) throw unavailable(`initdb ended with ${describeExit(exit)}.`, program.stderr);
    } finally {
      signal.removeEventListener('abort', kill);
    }
  }

  private async launch(signal: AbortSignal): Promise<void> {
    const settings = { ...SETTINGS, unix_socket_directories: this.folder.sockets };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const process = new ChildProgram(
      this.programs.postgres,
      ['-D', this.folder.data, ...args],
      {},
      {
        account: this.programs.account,
        deathSignal: 'QUIT',
      },
    );
    this.process = process;
    let ended: string | null = null;
    void process.exited.then(
      (exit) => (ended = describeExit(exit)),
      (error: unknown) => (ended = String(error)),
    );
    const deadline = performance.now() + START_MS;
    for (;;) {
      signal.throwIfAborted();
      if (await this.answers()) return;
      // Written to by the process's end, which TypeScript can't see.
      const how = ended as string | null;
      if (how !== null) throw unavailable(`The server ended with ${how}.`, process.stderr);
      if (performance.now() > deadline) throw unavailable('The server does not answer.', process.stderr);
      await sleep(POLL_MS);
    }
  }

  private answers(): Promise<boolean> {
    return this.administer('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

function unavailable(what: string, stderr: string): ExportFailure {
  if (stderr.includes('No space left on device')) {
    return classifyFileError(Object.assign(new Error(stderr.trim()), { code: 'ENOSPC' }));
  }
  return new ExportFailure(
    'verify_unavailable',
    'The throwaway server that the file was to be restored into did not start.',
    {
      detail: `${what}\n${stderr}`.trim(),
    },
  );
}
