import { ExportFailure } from '#lib/domain';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** An installed pg_dump with the pg_restore beside it. */
export interface PgClient {
  /** Such as `15.18`. */
  version: string;
  major: number;
  pgDump: string;
  pgRestore: string;
}

/** Where distributions and Homebrew keep one folder a major version. */
const VERSIONED_PARENTS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/local/pgsql'];
const OTHER_FOLDERS = [
  '/usr/pgsql/bin',
  '/usr/local/pgsql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/libpq/bin',
  '/usr/local/opt/libpq/bin',
  '/usr/local/bin',
  '/usr/bin',
];

/** The PostgreSQL client programs of this machine. */
export class PgPrograms {
  private found: Promise<PgClient[]> | null = null;

  /**
   * @param binDir the one folder to look in, or null to look everywhere
   * @param places where everywhere is: folders of one folder a major, and plain ones
   */
  constructor(
    private readonly binDir: string | null,
    private readonly places = { parents: VERSIONED_PARENTS, folders: OTHER_FOLDERS },
  ) {}

  /** Every usable client, oldest first. Looked for once; an empty result is not kept, so a later install is seen. */
  async all(): Promise<PgClient[]> {
    this.found ??= this.search();
    const clients = await this.found;
    if (clients.length === 0) this.found = null;
    return clients;
  }

  /**
   * The client for a server: the lowest major that is not older, because a newer one may write settings that the
   * server refuses when the file is restored.
   * @throws {ExportFailure} `pg_dump_missing`, `version_mismatch` naming both and the package to install
   */
  async forServer(serverMajor: number): Promise<PgClient> {
    const clients = await this.all();
    const client = clients.find(({ major }) => major >= serverMajor);
    if (client !== undefined) return client;
    const install = `Install the package postgresql-client-${String(serverMajor)} where the worker runs, or set PG_BIN_DIR.`;
    if (clients.length === 0) {
      throw new ExportFailure('pg_dump_missing', `pg_dump is not installed. ${install}`);
    }
    const newest = clients.at(-1)?.version ?? '';
    throw new ExportFailure(
      'version_mismatch',
      `The server runs PostgreSQL ${String(serverMajor)}, the newest pg_dump found is ${newest}. ${install}`,
    );
  }

  private async search(): Promise<PgClient[]> {
    const folders = this.binDir === null ? await candidateFolders(this.places) : [this.binDir];
    const clients = await Promise.all([...new Set(folders)].map(readClient));
    return clients
      .filter((client) => client !== null)
      .sort((a, b) => a.major - b.major || a.version.localeCompare(b.version, 'en', { numeric: true }));
  }
}

async function candidateFolders({ parents, folders }: { parents: string[]; folders: string[] }): Promise<string[]> {
  const versioned = await Promise.all(
    parents.map(async (parent) => {
      const names = await readdir(parent).catch(() => []);
      return names.filter((name) => /^(postgresql@)?\d+$/.test(name)).map((name) => join(parent, name, 'bin'));
    }),
  );
  return [...versioned.flat(), ...folders];
}

async function readClient(folder: string): Promise<PgClient | null> {
  const pgDump = join(folder, 'pg_dump');
  const pgRestore = join(folder, 'pg_restore');
  if (!existsSync(pgDump) || !existsSync(pgRestore)) return null;
  // Debian's /usr/bin/pg_dump is a Perl script that picks a version by its own rules.
  if ((await realpath(pgDump)).endsWith('pg_wrapper')) return null;
  try {
    const { stdout } = await promisify(execFile)(pgDump, ['--version'], { env: { LC_ALL: 'C' }, timeout: 10_000 });
    const [, version, major] = /\) ((\d+)[^\s]*)/.exec(stdout) ?? [];
    return version === undefined ? null : { version, major: Number(major), pgDump, pgRestore };
  } catch {
    return null;
  }
}
