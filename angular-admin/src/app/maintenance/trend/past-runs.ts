import type { Export } from '../../api/types';
import { runSeconds } from '../../words/export-words';

/** One past export that gave a file. */
export interface PastRun {
  readonly id: string;
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly seconds: number;
}

/** How far from the usual counts as a jump. */
const JUMP = 0.5;

/** The exports of everything that gave a file, oldest first. A part of the database says nothing about its growth. */
export function pastRuns(items: readonly Export[]): PastRun[] {
  return items
    .filter(({ options }) => options.content === 'all')
    .flatMap((item) => {
      const seconds = runSeconds(item);
      if (item.file === null || seconds === null) return [];
      return [{ id: item.id, createdAt: item.createdAt, sizeBytes: item.file.sizeBytes, seconds }];
    })
    .reverse();
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
