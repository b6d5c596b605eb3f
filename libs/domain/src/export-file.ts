import type { ExportOptions } from './export-options.js';

/** pg_dump writes zstd itself from major 16 on; before, the archive is compressed as a whole by the worker. */
export const FIRST_CLIENT_WITH_ZSTD = 16;

/** Whether the file is a zstd frame around the archive (`.dump.zst`) rather than the archive itself. */
export function isWrapped(options: Pick<ExportOptions, 'compression'>, clientMajor: number): boolean {
  return options.compression === 'zstd' && clientMajor < FIRST_CLIENT_WITH_ZSTD;
}

/**
 * The name a user sees, such as `main-2026-11-23T021500Z.dump.zst`: database, second of the request (UTC), format.
 * Without colons, which some file systems refuse.
 */
export function fileName(database: string, requestedAt: Date, wrapped: boolean): string {
  const second = requestedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  return `${database}-${second}.dump${wrapped ? '.zst' : ''}`;
}

/**
 * One line for a POSIX shell that restores the file into an existing, empty database: FILE and TARGET are the only
 * words to replace, the connection comes from the PG* variables, it stops at the first error and keeps the exit status.
 *
 * A pipe's status is that of pg_restore alone, which reads to its end: a frame that zstd finds damaged ends the stream
 * early, and pg_restore then fails on the missing part.
 */
export function restoreCommand(options: Pick<ExportOptions, 'noOwner' | 'noPrivileges'>, wrapped: boolean): string {
  const restore = [
    'pg_restore',
    ...(options.noOwner ? ['--no-owner'] : []),
    ...(options.noPrivileges ? ['--no-privileges'] : []),
    '--exit-on-error',
    '--dbname=TARGET',
  ].join(' ');
  return wrapped ? `zstd -dc FILE | ${restore}` : `${restore} FILE`;
}
