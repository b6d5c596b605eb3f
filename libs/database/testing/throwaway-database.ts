import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { hasFailed } from './spec-outcome.js';

/** A database of one spec file, on the throwaway server that `npm test` starts. */
export class ThrowawayDatabase {
  private readonly roles: string[] = [];

  private constructor(
    private readonly server: string,
    readonly name: string,
  ) {}

  /**
   * Makes an empty database, or a copy of another one.
   * @throws {Error} when there is no server to make it on
   */
  static async make(purpose: string, template?: ThrowawayDatabase): Promise<ThrowawayDatabase> {
    const server = process.env['TEST_DATABASE_URL'];
    if (server === undefined) throw new Error('There is no PostgreSQL to test against: run "npm test".');
    const database = new ThrowawayDatabase(server, `${purpose}_${randomBytes(6).toString('hex')}`);
    await query(server, `CREATE DATABASE ${database.name} TEMPLATE ${template?.name ?? 'template0'} ENCODING 'UTF8'`);
    return database;
  }

  /** As the superuser. */
  get url(): string {
    return this.urlOf(this.name);
  }

  urlOf(database: string): string {
    const url = new URL(this.server);
    url.pathname = `/${database}`;
    return url.href;
  }

  /** As somebody else. */
  urlAs(role: string, password: string): string {
    const url = new URL(this.url);
    url.username = encodeURIComponent(role);
    url.password = encodeURIComponent(password);
    return url.href;
  }

  /** Runs SQL in this database, on a connection of its own. */
  sql<Row extends object = Record<string, unknown>>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return query<Row>(this.url, text, parameters);
  }

  /** Makes a role that may sign in, and that goes with the database. */
  async role(purpose: string, password: string): Promise<string> {
    const name = `${this.name}_${purpose}`;
    await this.sql(`CREATE ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
    this.roles.push(name);
    return name;
  }

  /** Runs SQL in a transaction that stays open until the returned function is called. */
  async hold(text: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    // Somebody may end it: that is then what the test is about.
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query(text);
    return () => client.end();
  }

  /** Nobody gets in any more, and whoever was in is thrown out. */
  async shut(): Promise<void> {
    await query(this.server, `ALTER DATABASE ${this.name} ALLOW_CONNECTIONS false`);
    await query(this.server, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [this.name]);
  }

  async open(): Promise<void> {
    await query(this.server, `ALTER DATABASE ${this.name} ALLOW_CONNECTIONS true`);
  }

  /** How many connections of an application there are in the whole cluster. */
  async backends(applicationName: string): Promise<number> {
    const [row] = await query<{ count: number }>(
      this.server,
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = $1',
      [applicationName],
    );
    return row?.count ?? 0;
  }

  /** Drops it with its roles, unless a test of the file has failed: then there is something to look at. */
  async drop(): Promise<void> {
    if (hasFailed()) return;
    await query(this.server, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    for (const role of this.roles) await query(this.server, `DROP ROLE ${role}`);
  }
}

async function query<Row extends object>(url: string, text: string, parameters: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, parameters)).rows;
  } finally {
    await client.end();
  }
}
