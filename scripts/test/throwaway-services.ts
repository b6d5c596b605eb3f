import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../machine/package-manager.ts';
import type { PostgresCluster } from '../postgres/cluster.ts';
import { throwawayCluster } from './throwaway-cluster.ts';
import { ThrowawayRedis } from './throwaway-redis.ts';

/** A PostgreSQL and a Redis of our own, on free ports, whose files are gone with them. */
export class ThrowawayServices {
  private readonly folder = mkdtempSync(join(tmpdir(), 'pg-export-test-'));
  private readonly log: Log;
  private cluster: PostgresCluster | undefined;
  private redis: ThrowawayRedis | undefined;

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
    await Promise.all([this.cluster?.stop(), this.redis?.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async startPostgres(): Promise<string> {
    this.cluster = await throwawayCluster(join(this.folder, 'postgres'), { max_connections: '200' }, this.log);
    await this.cluster.start();
    return this.cluster.url();
  }

  private async startRedis(): Promise<string> {
    this.redis = await ThrowawayRedis.start(this.folder);
    return this.redis.url;
  }
}
