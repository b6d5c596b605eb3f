import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { findClients } from '../../scripts/postgres/binaries.ts';

const run = promisify(execFile);

/** The databases of one test on the throwaway server: names nobody else uses, dropped by the test's last line, so that a failure leaves them to look at. */
export class TrialDatabases {
  private readonly prefix = `trial_${randomUUID().slice(0, 8)}`;
  private readonly made = new Set<string>();

  get serverUrl(): string {
    const url = process.env['TEST_DATABASE_URL'];
    if (url) return url;
    throw new Error(
      'TEST_DATABASE_URL is not set: run "npm test", which starts a server, or point it at a superuser of a throwaway PostgreSQL',
    );
  }

  /** A name on the server, not yet a database. */
  name(suffix: string): string {
    const name = `${this.prefix}_${suffix}`;
    this.made.add(name);
    return name;
  }

  urlOf(name: string): string {
    const url = new URL(this.serverUrl);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Makes an empty database, or a copy of another one (by its connection string), and gives its connection string. */
  async create(suffix: string, template?: string): Promise<string> {
    const name = this.name(suffix);
    const source = template === undefined ? 'template0' : new URL(template).pathname.slice(1);
    await this.ask(this.serverUrl, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(source)}`);
    return this.urlOf(name);
  }

  /** A new database restored from a dump of the other, as our users are told to do it. */
  async restoreFromDumpOf(original: string, suffix: string): Promise<string> {
    const target = await this.create(suffix);
    const folder = await mkdtemp(join(tmpdir(), 'pg-export-trial-'));
    try {
      const archive = join(folder, 'archive');
      const programs = await this.clientPrograms();
      await run(join(programs, 'pg_dump'), ['--format=custom', `--file=${archive}`, `--dbname=${original}`]);
      await run(join(programs, 'pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${target}`, archive]);
    } finally {
      await rm(folder, { recursive: true });
    }
    return target;
  }

  async ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async dropAll(): Promise<void> {
    for (const name of this.made) {
      await this.ask(this.serverUrl, `DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    }
  }

  /** The oldest client that can read the server, as the product chooses it. */
  private async clientPrograms(): Promise<string> {
    const [row] = await this.ask(
      this.serverUrl,
      "SELECT current_setting('server_version_num')::integer / 10000 AS major",
    );
    const clients = (await findClients()).filter(({ major }) => major >= Number(row?.['major']));
    const [oldest] = clients.sort((a, b) => a.major - b.major);
    if (oldest) return oldest.folder;
    throw new Error(`No pg_dump for PostgreSQL ${String(row?.['major'])} is installed`);
  }
}
