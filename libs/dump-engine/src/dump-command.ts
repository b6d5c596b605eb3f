import { type ExportOptions, isWrapped } from '#lib/domain';
import type { Selection } from './selection.js';

export interface DumpCommandInput {
  options: ExportOptions;
  clientMajor: number;
  lockTimeoutSeconds: number;
  selection: Selection;
  /** The snapshot to export, as `pg_export_snapshot()` names it; otherwise pg_dump takes its own. */
  snapshot?: string | null;
}

/**
 * pg_dump's arguments, built from enums, numbers, and names that the source's catalog has confirmed. Nothing here is secret: everybody on the machine can read a
 * command line. The connection, password included, travels in PG* variables.
 */
export function dumpArguments(input: DumpCommandInput): string[] {
  const { options, clientMajor, lockTimeoutSeconds, selection, snapshot = null } = input;
  return [
    `--format=${options.format}`,
    // What is packed into one file, and then synced, need not be synced before.
    ...(options.jobs === null ? [] : [`--jobs=${String(options.jobs)}`, '--no-sync']),
    // Names every table as it is begun, which is what the progress counts.
    '--verbose',
    '--no-password',
    `--lock-wait-timeout=${String(lockTimeoutSeconds * 1000)}`,
    compressionArgument(options, clientMajor),
    ...(options.content === 'schema' ? ['--schema-only'] : []),
    ...(options.content === 'data' ? ['--data-only'] : []),
    ...scriptArguments(options),
    ...selection.arguments,
    ...(snapshot === null ? [] : [`--snapshot=${snapshot}`]),
  ];
}

function compressionArgument(options: ExportOptions, clientMajor: number): string {
  const { compression, compressionLevel } = options;
  if (compression === 'none' || isWrapped(options, clientMajor)) return '--compress=0';
  return compression === 'gzip'
    ? `--compress=${String(compressionLevel)}`
    : `--compress=zstd:${String(compressionLevel)}`;
}

/** Of an archive all this is decided when it is restored. */
function scriptArguments({ format, noOwner, noPrivileges, clean }: ExportOptions): string[] {
  if (format !== 'plain') return [];
  return [
    ...(noOwner ? ['--no-owner'] : []),
    ...(noPrivileges ? ['--no-privileges'] : []),
    // Into an empty database there is nothing to drop.
    ...(clean ? ['--clean', '--if-exists'] : []),
  ];
}
