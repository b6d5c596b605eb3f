import { completeSelection, problemOfSelection, type SelectionOptions } from './export-selection.js';

export const FORMATS = ['custom', 'plain', 'directory'] as const;
export type Format = (typeof FORMATS)[number];

export const COMPRESSIONS = ['zstd', 'gzip', 'none'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export const CONTENTS = ['all', 'schema', 'data'] as const;
export type Content = (typeof CONTENTS)[number];

/** How a file is proven: read through to its end, or restored and compared with what was dumped. */
export const VERIFICATIONS = ['archive', 'restore'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** An export's options with every default filled in; enums and exact names, never free text for a command line. */
export interface ExportOptions extends SelectionOptions {
  format: Format;
  compression: Compression;
  /** zstd 1–19, gzip 1–9, 0 for none. */
  compressionLevel: number;
  /** Connections that dump side by side, 1–16; null unless the format is directory. */
  jobs: number | null;
  content: Content;
  noOwner: boolean;
  noPrivileges: boolean;
  /** Whether a script drops what it is about to make; false unless the format is plain. */
  clean: boolean;
  /** Bytes of uncompressed pg_dump output a second at most; null for as fast as it goes. */
  maxBytesPerSecond: number | null;
  verify: Verification;
  /** age recipients (`age1…`) that alone can open the file; empty for a plain one. */
  encryptTo: string[];
  note: string | null;
}

export type RequestedOptions = Partial<ExportOptions>;

/** Below, an export would hold its locks for hours for next to nothing. */
export const LEAST_BYTES_PER_SECOND = 65_536;

export const MOST_RECIPIENTS = 20;
export const MOST_JOBS = 16;

const LEVELS: Record<Compression, { min: number; max: number; default: number }> = {
  zstd: { min: 1, max: 19, default: 1 },
  gzip: { min: 1, max: 9, default: 6 },
  none: { min: 0, max: 0, default: 0 },
};

/** Of a directory: nothing of it is one stream. */
const NOT_OF_A_DIRECTORY = [
  ['maxBytesPerSecond', 'there is not one stream to hold back, but one for each job'],
  ['encryptTo', 'pg_dump writes its folder in plain, and no plain byte of an encrypted export may touch the disk'],
] as const;

/**
 * Fills in the defaults.
 * @param processors of this machine: as many jobs dump a directory
 * @returns the options, or a sentence that says why the combination makes no sense.
 */
export function completeOptions(requested: RequestedOptions, processors = 1): ExportOptions | { problem: string } {
  const format = requested.format ?? 'custom';
  const content = requested.content ?? 'all';
  const selection = completeSelection(requested);
  const problem =
    problemOfFormat(format, requested) ??
    problemOfClean(format, content, requested) ??
    problemOfVerify(format, requested) ??
    problemOfSelection(selection, content);
  if (problem !== null) return { problem };
  const compression = requested.compression ?? 'zstd';
  const range = LEVELS[compression];
  const compressionLevel = requested.compressionLevel ?? range.default;
  if (compression === 'none' && requested.compressionLevel !== undefined) {
    return { problem: 'compressionLevel has no meaning with compression "none".' };
  }
  if (compressionLevel < range.min || compressionLevel > range.max) {
    return { problem: `compressionLevel of ${compression} is ${String(range.min)} to ${String(range.max)}.` };
  }
  return {
    format,
    compression,
    compressionLevel,
    jobs: format === 'directory' ? (requested.jobs ?? Math.min(processors, MOST_JOBS)) : null,
    content,
    ...selection,
    noOwner: requested.noOwner ?? true,
    noPrivileges: requested.noPrivileges ?? false,
    clean: requested.clean ?? false,
    maxBytesPerSecond: requested.maxBytesPerSecond ?? null,
    verify: requested.verify ?? 'archive',
    encryptTo: requested.encryptTo ?? [],
    note: requested.note ?? null,
  };
}

function problemOfFormat(format: Format, requested: RequestedOptions): string | null {
  if (format !== 'directory') {
    return requested.jobs === undefined
      ? null
      : `jobs has no meaning with format "${format}": only a directory has more than one.`;
  }
  const wrong = NOT_OF_A_DIRECTORY.find(([option]) => requested[option] !== undefined);
  return wrong === undefined ? null : `${wrong[0]} is not possible with format "directory": ${wrong[1]}.`;
}

/** What a restored file can't be compared in, and why. */
function problemOfVerify(format: Format, { verify, encryptTo = [], content }: RequestedOptions): string | null {
  if (verify !== 'restore') return null;
  if (encryptTo.length > 0) {
    return 'encryptTo is not possible with verify "restore": nobody on the server can open the file to restore it.';
  }
  if (format === 'plain') {
    return 'format "plain" is not possible with verify "restore": a script runs as a whole under one role, and as a superuser its functions could start programs where the worker runs. Prove an archive, which pg_restore turns into the same script.';
  }
  if (content === 'data') {
    return 'content "data" is not possible with verify "restore": rows alone need the tables to be there already.';
  }
  return null;
}

function problemOfClean(format: Format, content: Content, { clean }: RequestedOptions): string | null {
  if (clean !== true) return null;
  if (format !== 'plain') return `clean has no meaning with format "${format}": it is a matter of the script alone.`;
  return content === 'data'
    ? 'clean has no meaning with content "data", which makes nothing that could be dropped.'
    : null;
}

/** Options as an earlier version kept them, with what has come since: nothing was left out then, and nothing dropped. */
export function storedOptions(stored: Partial<ExportOptions>): ExportOptions {
  return { ...completeSelection({}), clean: false, ...stored } as ExportOptions;
}
