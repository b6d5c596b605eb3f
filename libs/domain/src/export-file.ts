import type { ExportOptions } from './export-options.js';
import { pipeline } from './shell-pipeline.js';

/** pg_dump writes zstd itself from major 16 on; before, the archive is compressed as a whole by the worker. */
export const FIRST_CLIENT_WITH_ZSTD = 16;

/** Whether the file is a zstd frame around the archive (`.dump.zst`) rather than the archive itself. */
export function isWrapped(options: Pick<ExportOptions, 'compression'>, clientMajor: number): boolean {
  return options.compression === 'zstd' && clientMajor < FIRST_CLIENT_WITH_ZSTD;
}

/** Of a directory: enough for most servers, and never too many for one. */
const RESTORE_JOBS = 4;

/**
 * The name a user sees, such as `main-2026-11-23T021500Z.dump.zst`: database, second of the request (UTC), format, and
 * what lies around it, outermost last. Without colons, which some file systems refuse.
 */
export function fileName(
  database: string,
  requestedAt: Date,
  options: Pick<ExportOptions, 'format' | 'encryptTo'>,
  wrapped: boolean,
): string {
  const second = requestedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  const ends = [
    options.format === 'directory' ? 'tar' : 'dump',
    ...(wrapped ? ['zst'] : []),
    ...(options.encryptTo.length > 0 ? ['age'] : []),
  ];
  return `${database}-${second}.${ends.join('.')}`;
}

/**
 * One line for a POSIX shell that restores the file into an existing, empty database: FILE, TARGET and (of an encrypted
 * file) KEY are the only words to replace, each once; the connection comes from the PG* variables. It stops at the first
 * error and keeps the exit status.
 */
export function restoreCommand(
  options: Pick<ExportOptions, 'format' | 'content' | 'noOwner' | 'noPrivileges' | 'encryptTo'>,
  wrapped: boolean,
): string {
  const restore = [
    'pg_restore',
    ...(options.noOwner ? ['--no-owner'] : []),
    ...(options.noPrivileges ? ['--no-privileges'] : []),
    '--exit-on-error',
    // Rows alone meet the foreign keys that are there already, and so have to come in pg_dump's order.
    ...(options.format === 'directory' && options.content !== 'data' ? [`--jobs=${String(RESTORE_JOBS)}`] : []),
    '--dbname=TARGET',
  ].join(' ');
  if (options.format === 'directory') return restoreFromTar(restore, wrapped);
  const encrypted = options.encryptTo.length > 0;
  if (!wrapped && !encrypted) return `${restore} FILE`;
  return pipeline([
    ...(encrypted ? ['age -d -i KEY FILE'] : []),
    ...(wrapped ? [encrypted ? 'zstd -dc' : 'zstd -dc FILE'] : []),
    restore,
  ]);
}

/**
 * pg_restore reads a directory only, so the tar is unpacked into a folder that is gone on every way out: 0 is the end of
 * the shell (POSIX `trap`), 1, 2 and 15 a hang-up, Ctrl-C and a kill.
 */
function restoreFromTar(restore: string, wrapped: boolean): string {
  const unpack = wrapped ? pipeline(['zstd -dc FILE', 'tar -xf - -C "$d"']) : 'tar -xf FILE -C "$d"';
  const folder = `d=$(mktemp -d) && trap 'rm -rf "$d"' 0 && trap 'exit 1' 1 2 15`;
  return `(${folder} && ${unpack} && ${restore} "$d")`;
}
