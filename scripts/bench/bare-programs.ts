import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runToolOrFail } from '../machine/tool.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';

/** One command as people type it, for a POSIX shell; `$FILE` is where the dump goes. */
export interface BareProgram {
  title: string;
  script: string;
  /** The client whose pg_dump it runs; null when none is installed that can do it. */
  client: PostgresBinaries | null;
}

/** Where the database is, as PG* variables: nothing secret on a command line. */
export type PgEnvironment = Record<'PGHOST' | 'PGPORT' | 'PGUSER' | 'PGPASSWORD' | 'PGDATABASE', string>;

export interface Measure {
  seconds: number;
  sizeBytes: number;
}

/** The pipeline that pg-export promises to keep up with, where pg_dump has no zstd of its own. */
export const ZSTD_PIPELINE = 'pg_dump -Fc -Z0 | zstd -1';
export const PLAIN_CUSTOM = 'pg_dump -Fc';

/** The same where it has. */
export const ZSTD_CUSTOM = 'pg_dump -Fc --compress=zstd:1';
export const FIRST_CLIENT_WITH_ZSTD = 16;

/** A shell forgets the exit code of a pipeline's first program: it goes through a file. */
const piped = (dump: string, compressor: string) =>
  `{ ${dump}; echo $? > "$FILE.status"; } | ${compressor} > "$FILE" && [ "$(cat "$FILE.status")" = 0 ]`;

/**
 * What pg-export is measured against.
 * @param clients installed ones that can read the server, oldest first
 */
export function barePrograms(clients: readonly PostgresBinaries[]): BareProgram[] {
  const usual = clients[0] ?? null;
  const withZstd = clients.find(({ major }) => major >= FIRST_CLIENT_WITH_ZSTD) ?? null;
  return [
    { title: PLAIN_CUSTOM, script: '"$PG_DUMP" -Fc > "$FILE"', client: usual },
    { title: ZSTD_PIPELINE, script: piped('"$PG_DUMP" -Fc -Z0', 'zstd -q -1'), client: usual },
    { title: 'pg_dump | gzip --rsyncable', script: piped('"$PG_DUMP"', 'gzip --rsyncable'), client: usual },
    { title: ZSTD_CUSTOM, script: '"$PG_DUMP" -Fc --compress=zstd:1 > "$FILE"', client: withZstd },
    { title: 'pg_dump -Fc --compress=zstd:5', script: '"$PG_DUMP" -Fc --compress=zstd:5 > "$FILE"', client: withZstd },
  ];
}

/** Runs it once, over TCP, into a file that is removed again. */
export async function measureBare(
  { title, script, client }: BareProgram,
  { folder, pg, signal }: { folder: string; pg: PgEnvironment; signal: AbortSignal },
): Promise<Measure> {
  if (!client) throw new Error(`no client for ${title}`);
  const file = join(folder, 'bare');
  const env = { PATH: process.env['PATH'], ...pg, FILE: file, PG_DUMP: join(client.folder, 'pg_dump') };
  try {
    const begin = performance.now();
    await runToolOrFail(`${title} failed`, '/bin/sh', ['-c', script], { cwd: folder, env, signal });
    const seconds = (performance.now() - begin) / 1_000;
    return { seconds, sizeBytes: (await stat(file)).size };
  } finally {
    await Promise.all([file, `${file}.status`].map((path) => rm(path, { force: true })));
  }
}

/** Brings the database into the system's cache, so that the first round is not the one that reads the disk. */
export async function warmUp(
  client: PostgresBinaries,
  { folder, pg, signal }: { folder: string; pg: PgEnvironment; signal: AbortSignal },
): Promise<void> {
  const env = { PATH: process.env['PATH'], ...pg };
  const args = ['-Fc', '-Z0', '--no-sync', '--file=/dev/null'];
  await runToolOrFail('The warm-up failed', join(client.folder, 'pg_dump'), args, { cwd: folder, env, signal });
}

/** The highest resident memory a process has had, in bytes; undefined where the system does not tell (macOS). */
export async function peakMemory(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}
