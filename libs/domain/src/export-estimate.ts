import type { ExportOptions } from './export-options.js';
import type { RunTimes } from './run-times.js';
import { usualTimes } from './usual-times.js';

/** What an export of a source would have to copy, by its catalog. */
export interface SourceSize {
  /** Of the tables whose rows are dumped, with TOAST, and of the large objects; without indexes. */
  sizeBytes: number;
  tables: number;
}

/** What an export came to. */
export interface PastRun {
  options: ExportOptions;
  /** The source's `sizeBytes` then. */
  sourceBytes: number;
  fileBytes: number;
  seconds: number;
  /** Missing where it was made by an earlier version. */
  times?: RunTimes;
}

export interface ExportEstimate extends SourceSize {
  estimatedFileBytes: number;
  estimatedSeconds: number;
}

/** Bytes of a file by bytes of its tables, where no run has told better: the sample shop's comes to an eighth, pictures to more. */
const GUESSED_SHARE = { zstd: 0.3, gzip: 0.3, none: 1.1 };
/** Bytes of tables dumped a second, likewise. */
const GUESSED_RATE = { zstd: 60e6, gzip: 15e6, none: 80e6 };
/** A restore makes the indexes too, and the comparison reads everything twice. */
const PROOF_FACTOR = 3;
const DEFINITION_BYTES = 4096;
const SECONDS_A_TABLE = 0.005;

/** Estimates from past runs of the same database, the newest first, and from rules of thumb where there is none like it. */
export function estimateExport(
  source: SourceSize,
  options: ExportOptions,
  pastRuns: readonly PastRun[],
): ExportEstimate {
  const alike = pastRuns.filter((past) =>
    isSame(past.options, options, ['format', 'compression', 'compressionLevel', 'content']),
  );
  const alsoInTime = alike.find((past) => isSame(past.options, options, ['verify', 'jobs', 'maxBytesPerSecond']));
  const [newest] = alike;
  return {
    ...source,
    estimatedFileBytes: Math.ceil(
      newest === undefined ? guessBytes(source, options) : newest.fileBytes * growth(source, newest),
    ),
    estimatedSeconds: Math.ceil(
      alsoInTime === undefined ? guessSeconds(source, options) : alsoInTime.seconds * growth(source, alsoInTime),
    ),
  };
}

/** One that other work has slowed down is outvoted by two others; earlier ones tell little of what the database is now. */
const RUNS_ASKED = 3;

const SELECTION = ['includeSchemas', 'excludeSchemas', 'includeTables', 'excludeTables', 'excludeTableData'] as const;

/**
 * How long the parts of the newest runs took that went about it in the same way, of the same tables where there are any;
 * null where there is no run like it.
 */
export function timesOfRunsLike(options: ExportOptions, pastRuns: readonly PastRun[]): RunTimes | null {
  const like = pastRuns.filter(
    (past) =>
      isSame(past.options, options, ['format', 'compression', 'compressionLevel', 'content', 'jobs']) &&
      isSame(past.options, options, ['verify', 'maxBytesPerSecond']) &&
      (past.options.encryptTo.length === 0) === (options.encryptTo.length === 0),
  );
  const ofSelection = like.filter((past) =>
    SELECTION.every((name) => JSON.stringify(past.options[name]) === JSON.stringify(options[name])),
  );
  const timesOf = (runs: readonly PastRun[]): RunTimes[] => runs.flatMap(({ times }) => times ?? []);
  const [newest, ...earlier] = timesOf(ofSelection).slice(0, RUNS_ASKED);
  // What is known of a table holds for another selection that has it.
  return newest === undefined ? (timesOf(like)[0] ?? null) : usualTimes(newest, earlier);
}

function isSame(a: ExportOptions, b: ExportOptions, names: readonly (keyof ExportOptions)[]): boolean {
  return names.every((name) => a[name] === b[name]);
}

function growth({ sizeBytes }: SourceSize, { sourceBytes }: PastRun): number {
  return sourceBytes === 0 ? 1 : sizeBytes / sourceBytes;
}

function guessBytes({ sizeBytes, tables }: SourceSize, { compression }: ExportOptions): number {
  return tables * DEFINITION_BYTES + sizeBytes * GUESSED_SHARE[compression];
}

function guessSeconds({ sizeBytes, tables }: SourceSize, options: ExportOptions): number {
  const { compression, maxBytesPerSecond, verify } = options;
  const dump = sizeBytes / Math.min(GUESSED_RATE[compression], maxBytesPerSecond ?? Infinity);
  const proof = verify === 'restore' ? (PROOF_FACTOR - 1) * (sizeBytes / GUESSED_RATE.zstd) : 0;
  return 1 + tables * SECONDS_A_TABLE + dump + proof;
}
