import type { Export } from '../../api/types';
import { runSeconds } from '../../words/export-words';

/** One past export that gave a file. */
export interface PastRun {
  readonly id: string;
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly seconds: number;
  /** What else its duration depends on; null of one in gentle mode, which takes as long as it is told to. */
  readonly pace: string | null;
}

/** How far from the usual counts as a jump. */
const JUMP = 0.5;

/** What a file holds and how it is packed: only files that are alike in it can be compared in size. */
function make({ database, options }: Export): string {
  const { format, compression, compressionLevel, encryptTo } = options;
  return JSON.stringify([database, format, compression, compressionLevel, encryptTo.length > 0]);
}

/** A part of the database says nothing about its growth. */
function isWhole({ content, ...options }: Export['options']): boolean {
  const filters = [
    options.includeSchemas,
    options.excludeSchemas,
    options.includeTables,
    options.excludeTables,
    options.excludeTableData,
  ];
  return content === 'all' && filters.every((names) => names.length === 0);
}

/** The whole exports that gave a file and are made like the last one, oldest first: like with like. */
export function pastRuns(items: readonly Export[]): PastRun[] {
  const whole = items.filter(({ options, file }) => isWhole(options) && file !== null);
  const last = whole[0];
  return whole
    .filter((item) => last !== undefined && make(item) === make(last))
    .flatMap((item) => {
      const seconds = runSeconds(item);
      if (item.file === null || seconds === null) return [];
      const { verify, jobs, maxBytesPerSecond } = item.options;
      return [
        {
          id: item.id,
          createdAt: item.createdAt,
          sizeBytes: item.file.sizeBytes,
          seconds,
          pace: maxBytesPerSecond === null ? JSON.stringify([verify, jobs]) : null,
        },
      ];
    })
    .reverse();
}

/** Those whose durations can be compared with the last one's: proven alike, by as many connections, and none held back. */
export function pacedAlike(runs: readonly PastRun[]): PastRun[] {
  const pace = runs.findLast((run) => run.pace !== null)?.pace ?? null;
  return runs.filter((run) => run.pace !== null && run.pace === pace);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * How far the last value is from the median of those before it, as a signed share; null when there are too few to know
 * what is usual, or when it is usual.
 */
export function jumpOf(values: readonly number[]): number | null {
  const last = values.at(-1);
  const before = values.slice(0, -1);
  if (last === undefined || before.length < 3) return null;
  const usual = median(before);
  if (usual === 0) return null;
  const change = last / usual - 1;
  return Math.abs(change) >= JUMP ? change : null;
}
