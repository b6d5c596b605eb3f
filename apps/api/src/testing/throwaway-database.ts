import { migrate } from '#lib/database';
import { migrateQueue } from '#lib/queue';
import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of one spec file: migrated, and dropped by {@link drop}. */
export class ThrowawayDatabase {
  private constructor(
    private readonly server: string,
    readonly name: string,
  ) {}

  /** @throws {Error} when there is no server to make it on */
  static async make(): Promise<ThrowawayDatabase> {
    const server = process.env['TEST_DATABASE_URL'];
    if (server === undefined) throw new Error('There is no PostgreSQL to test against: run "npm test".');
    const database = new ThrowawayDatabase(server, `api_${randomBytes(6).toString('hex')}`);
    await query(server, `CREATE DATABASE ${database.name}`);
    await migrate(database.url);
    await migrateQueue(database.url);
    return database;
  }

  get url(): string {
    const url = new URL(this.server);
    url.pathname = `/${this.name}`;
    return url.href;
  }

  /** Runs SQL in this database, on a connection of its own. */
  sql(text: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
    return query(this.url, text, parameters);
  }

  /** Nobody gets in any more, and whoever was in is thrown out. */
  async shut(): Promise<void> {
    await query(this.server, `ALTER DATABASE ${this.name} ALLOW_CONNECTIONS false`);
    await query(this.server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [this.name]);
  }

  async open(): Promise<void> {
    await query(this.server, `ALTER DATABASE ${this.name} ALLOW_CONNECTIONS true`);
  }

  async drop(): Promise<void> {
    await query(this.server, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }
}

async function query(url: string, text: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text, parameters)).rows;
  } finally {
    await client.end();
  }
}
