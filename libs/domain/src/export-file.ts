import type { Compression, ExportOptions } from './export-options.js';
import { pipeline } from './shell-pipeline.js';

/** pg_dump writes zstd itself from major 16 on; before, the archive is compressed as a whole by the worker. */
export const FIRST_CLIENT_WITH_ZSTD = 16;

/** Whether the file is a zstd frame around the archive (`.dump.zst`) rather than the archive itself. */
export function isWrapped(options: Pick<ExportOptions, 'compression'>, clientMajor: number): boolean {
  return options.compression === 'zstd' && clientMajor < FIRST_CLIENT_WITH_ZSTD;
}

/** What pg_dump itself compresses a plain script with; null for an archive, whose blocks only pg_restore can read. */
export function scriptCompression(
  options: Pick<ExportOptions, 'format' | 'compression'>,
  clientMajor: number,
): Compression | null {
  if (options.format !== 'plain') return null;
  return isWrapped(options, clientMajor) ? 'none' : options.compression;
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
  options: Pick<ExportOptions, 'format' | 'compression' | 'encryptTo'>,
  wrapped: boolean,
): string {
  const second = requestedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  const packed = { zstd: ['zst'], gzip: ['gz'], none: [] }[options.compression];
  const ends = [
    ...{ custom: ['dump'], plain: ['sql', ...packed], directory: ['tar'] }[options.format],
    ...(wrapped && options.format !== 'plain' ? ['zst'] : []),
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
  options: Pick<ExportOptions, 'format' | 'compression' | 'content' | 'noOwner' | 'noPrivileges' | 'encryptTo'>,
  wrapped: boolean,
): string {
  if (options.format === 'plain') return restoreFromScript(options);
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

/** Whatever the file holds: nothing is read from `~/.psqlrc`, and psql's own answers are of no interest. */
const PSQL = 'psql --no-psqlrc --quiet --output=/dev/null --set ON_ERROR_STOP=1 --dbname=TARGET';

/** psql takes the end of a cut file for the end of a table's rows, and so somebody else has to notice. */
const REFUSE_CUT_SCRIPT = `tail -c 512 "$f" | grep -q '^-- PostgreSQL database dump complete$' || { echo 'The file is cut.' >&2; exit 1; }`;

function restoreFromScript({ compression, encryptTo }: Pick<ExportOptions, 'compression' | 'encryptTo'>): string {
  const programs = [
    ...(encryptTo.length > 0 ? ['age -d -i KEY'] : []),
    ...(compression === 'none' ? [] : [compression === 'zstd' ? 'zstd -dc' : 'gzip -dc']),
  ];
  const [first, ...others] = programs;
  // Each of these programs fails at the end of a cut file, and the pipeline with it.
  if (first !== undefined) return pipeline([`${first} FILE`, ...others, PSQL]);
  return `(f=FILE && { ${REFUSE_CUT_SCRIPT}; } && ${PSQL} --file="$f")`;
}
