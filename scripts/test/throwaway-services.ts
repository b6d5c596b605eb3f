import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverUser } from '../machine/os-user.ts';
import type { Log } from '../machine/package-manager.ts';
import { freePort } from '../machine/ports.ts';
import { findProgram } from '../machine/programs.ts';
import { launchProcess, type Running } from '../machine/running.ts';
import { PlainError } from '../plain-error.ts';
import { reachableBinaries } from '../postgres/cluster-home.ts';
import { PostgresCluster } from '../postgres/cluster.ts';
import { serverFor } from '../postgres/embedded-cluster.ts';

/** A PostgreSQL and a Redis of our own, on free ports, whose files are gone with them. */
export class ThrowawayServices {
  private readonly folder = mkdtempSync(join(tmpdir(), 'pg-export-test-'));
  private readonly log: Log;
  private cluster: PostgresCluster | undefined;
  private redis: Running | undefined;

  constructor(log: Log) {
    this.log = log;
    // The server's OS user has to pass through to its own folder.
    chmodSync(this.folder, 0o711);
  }

  /** The variables under which tests find them. */
  async start(needs: { postgres: boolean; redis: boolean }): Promise<NodeJS.ProcessEnv> {
    return {
      ...(needs.postgres && { TEST_DATABASE_URL: await this.startPostgres() }),
      ...(needs.redis && { TEST_REDIS_URL: await this.startRedis() }),
    };
  }

  async stop(): Promise<void> {
    this.redis?.kill('SIGTERM');
    await Promise.all([this.cluster?.stop(), this.redis?.exited]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startPostgres(): Promise<string> {
    const user = await serverUser();
    const home = join(this.folder, 'postgres');
    mkdirSync(home, { mode: 0o700 });
    if (user) chownSync(home, user.uid, user.gid);
    this.cluster = new PostgresCluster({
      home,
      binaries: await reachableBinaries(await serverFor(undefined, { log: this.log }), user),
      password: randomBytes(18).toString('base64url'),
      user,
      durable: false,
      settings: { max_connections: '200' },
      log: this.log,
    });
    await this.cluster.ensure();
    await this.cluster.start();
    return this.cluster.url();
  }

  private async startRedis(): Promise<string> {
    const program = findProgram('redis-server');
    if (program === undefined) throw new PlainError('redis-server is missing');
    const port = await freePort();
    const log = openSync(join(this.folder, 'redis.log'), 'a');
    this.redis = launchProcess({
      command: program,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--appendonly', 'no'],
      env: { PATH: process.env['PATH'] },
      cwd: this.folder,
      output: log,
    });
    closeSync(log);
    await this.untilRedisAnswers(port);
    return `redis://127.0.0.1:${port}`;
  }

  private async untilRedisAnswers(port: number): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await answersPing(port))) {
      if (Date.now() > deadline) throw new PlainError('redis-server does not answer after 20 s');
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      settle(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
