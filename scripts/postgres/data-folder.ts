import { existsSync, lchownSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { OsUser } from '../machine/os-user.ts';
import type { Log } from '../machine/package-manager.ts';
import { runToolOrFail } from '../machine/tool.ts';
import type { PostgresBinaries } from './binaries.ts';

/** The name of the only role that initdb makes: the cluster's superuser. */
export const superuser = 'postgres';

export const dataFolderOf = (home: string): string => join(home, 'data');
const markerOf = (home: string): string => join(home, 'complete');

/** Whether the cluster in this folder was made to the end: the marker is written last. */
export function isWhole(home: string): boolean {
  return existsSync(markerOf(home)) && existsSync(join(dataFolderOf(home), 'PG_VERSION'));
}

/** Puts a cluster that was not made to its end out of the way. It is kept: a person decides what it is worth. */
export function moveHalfMadeAside(home: string, log: Log, now = new Date()): void {
  const data = dataFolderOf(home);
  if (isWhole(home) || !existsSync(data)) return;
  if (readdirSync(data).length > 0) {
    const aside = `${data}.unfinished-${now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}`;
    renameSync(data, aside);
    log(`The database in ${data} was not made to its end: it is kept as ${basename(aside)}, and a new one is made`);
  }
  rmSync(markerOf(home), { force: true });
}

/** Makes the cluster: UTF-8, passwords by SCRAM, one superuser. Does not mark it as whole. */
export async function initialise(
  home: string,
  binaries: PostgresBinaries,
  { user, password, durable, signal }: { user?: OsUser; password: string; durable: boolean; signal?: AbortSignal },
): Promise<void> {
  // initdb reads the password from a file; a pipe can't be reopened by another OS user. In the cluster's own folder (0700),
  // so that one left by a kill is kept from others, and goes with the next try.
  const passwordFile = join(home, 'initdb-password');
  try {
    rmSync(passwordFile, { force: true });
    writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (user) lchownSync(passwordFile, user.uid, user.gid);
    const args = [
      `--pgdata=${dataFolderOf(home)}`,
      '--encoding=UTF8',
      // macOS before 15 has no C.UTF-8.
      `--locale=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
      `--username=${superuser}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      ...(durable ? [] : ['--no-sync']),
    ];
    await runToolOrFail('PostgreSQL could not make its data folder', join(binaries.folder, 'initdb'), args, {
      cwd: '/',
      env: serverEnvironment(),
      uid: user?.uid,
      gid: user?.gid,
      signal,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

export function markAsWhole(home: string): void {
  writeFileSync(
    markerOf(home),
    'This database was made to its end by pg-export; without this file it would be made anew.\n',
  );
}

/** All that a PostgreSQL server gets of our environment. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, PG_EXPORT_TEST_RUN } = process.env;
  // The last one marks what the tests start, so that a server they forget is found.
  return { PATH, TMPDIR, PG_EXPORT_TEST_RUN, LANG: 'C.UTF-8' };
}
