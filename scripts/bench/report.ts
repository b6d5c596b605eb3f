import { FIRST_CLIENT_WITH_ZSTD, PLAIN_CUSTOM, ZSTD_CUSTOM, ZSTD_PIPELINE, type Measure } from './bare-programs.ts';

export interface Row {
  title: string;
  /** One of each round; empty when it could not be run. */
  measures: readonly Measure[];
  /** Why there are none. */
  missing?: string;
  /** Highest memory of the worker, in bytes. */
  peakBytes?: number;
}

export const PG_EXPORT = 'pg-export, POST to ready, verified';
export const PG_EXPORT_DIRECTORY = 'the same, format directory, one job a processor';
const OURS = [PG_EXPORT, PG_EXPORT_DIRECTORY];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The smallest value that so many percent of all are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

const seconds = (row: Row | undefined) => median((row?.measures ?? []).map((measure) => measure.seconds));
const size = (row: Row | undefined) => median((row?.measures ?? []).map(({ sizeBytes }) => sizeBytes));

/** A markdown table; times are medians of the rounds, since only ratios carry over to another machine. */
export function table(rows: readonly Row[]): string {
  const usual = rows.find(({ title }) => title === PLAIN_CUSTOM);
  const best = Math.min(
    ...rows.filter(({ title, measures }) => !OURS.includes(title) && measures.length > 0).map(seconds),
  );
  const head = [
    'program',
    'seconds',
    `against ${PLAIN_CUSTOM}`,
    'against the best bare one',
    'size against it',
    'worker peak RSS',
  ];
  const lines = rows.map((row) => {
    if (row.measures.length === 0) return [row.title, row.missing ?? 'not run', '–', '–', '–', '–'];
    return [
      row.title,
      seconds(row).toFixed(2),
      (seconds(row) / seconds(usual)).toFixed(2),
      (seconds(row) / best).toFixed(2),
      (size(row) / size(usual)).toFixed(2),
      row.peakBytes === undefined ? '–' : `${(row.peakBytes / 1_048_576).toFixed(0)} MiB`,
    ];
  });
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`).join('\n');
}

const escapeCell = (cell: string) => cell.replaceAll('|', '\\|');

/**
 * The promises, each with what was measured.
 * @param clientMajor of the pg_dump that all of them ran
 */
export function verdicts(rows: readonly Row[], clientMajor: number): string[] {
  const row = (wanted: string) => rows.find(({ title }) => title === wanted);
  const hasZstd = clientMajor >= FIRST_CLIENT_WITH_ZSTD;
  const best = hasZstd ? ZSTD_CUSTOM : ZSTD_PIPELINE;
  const [ours, usual] = [row(PG_EXPORT), row(PLAIN_CUSTOM)];
  const promise = (words: string, ratio: number, most: number) =>
    `${ratio <= most ? '✔' : '✘'} ${words}: ${ratio.toFixed(2)} (promised: at most ${most.toFixed(2)})`;
  return [
    promise(`time against ${best}`, seconds(ours) / seconds(row(best)), 1.1),
    promise(`time against ${PLAIN_CUSTOM}`, seconds(ours) / seconds(usual), hasZstd ? 0.2 : 0.28),
    promise(`size against ${PLAIN_CUSTOM}`, size(ours) / size(usual), 0.9),
  ];
}

/** @param milliseconds of POST while an export runs */
export function verdictOnLatency(milliseconds: readonly number[]): string {
  const [p50, p99] = [percentile(milliseconds, 50), percentile(milliseconds, 99)];
  return `${p99 <= 100 ? '✔' : '✘'} POST while an export runs: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms (promised: at most 100 ms)`;
}

/** @param milliseconds from an export's row to pg_dump's connection */
export function verdictOnStart(milliseconds: readonly number[]): string {
  const middle = median(milliseconds);
  return `${middle <= 100 ? '✔' : '✘'} enqueued to pg_dump connected: median ${middle.toFixed(0)} ms (promised: at most 100 ms to its start)`;
}

/** @param bytesPerSecond that an export took which was told to take at most so many, over its whole duration */
export function verdictOnGentleMode(bytesPerSecond: number, askedBytesPerSecond: number): string {
  const ratio = bytesPerSecond / askedBytesPerSecond;
  return `${Math.abs(ratio - 1) <= 0.1 ? '✔' : '✘'} gentle mode against what it was told: ${ratio.toFixed(2)} (promised: within 10 %)`;
}

/** @param shares of one processor, of one run each */
export function verdictOnWatching(shares: readonly number[]): string {
  const share = median(shares) * 100;
  return `${share < 1 ? '✔' : '✘'} progress queries on the server: ${share.toFixed(2)} % of one processor (promised: below 1 %)`;
}

/** @param small highest memory of the worker after small exports, in bytes; `large`: after a large one besides */
export function verdictOnMemory(small: number, large: number): string {
  const ratio = large / small;
  return `${ratio <= 1.1 ? '✔' : '✘'} memory of the worker, large against small: ${ratio.toFixed(2)} (promised: at most 1.10)`;
}
