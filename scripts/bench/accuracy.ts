import { median } from './report.ts';

/** What a client saw of a running export: seconds since the request, and what was shown then. */
export interface Sight {
  seconds: number;
  percent: number;
  etaSeconds: number | null;
}

export interface Accuracy {
  sights: number;
  /** Points between the percentage and the elapsed share of the real duration. */
  medianDistance: number;
  worstDistance: number;
  /** Of the time that was left, from ten seconds on; null where the run was over before. */
  worstEtaError: number | null;
}

const ETA_HOLDS_FROM_SECONDS = 10;
/** Whole seconds are shown: of less than that, half a second of rounding alone is an eighth and more. */
const ETA_LEAST_SECONDS = 4;

export function accuracyOf(sights: readonly Sight[], totalSeconds: number): Accuracy {
  const distances = sights.map(({ seconds, percent }) => Math.abs(percent - (seconds / totalSeconds) * 100));
  const errors = sights.flatMap(({ seconds, etaSeconds }) => {
    const left = totalSeconds - seconds;
    if (etaSeconds === null || seconds < ETA_HOLDS_FROM_SECONDS || left < ETA_LEAST_SECONDS) return [];
    return [Math.abs(etaSeconds - left) / left];
  });
  return {
    sights: sights.length,
    medianDistance: median(distances),
    worstDistance: Math.max(0, ...distances),
    worstEtaError: errors.length === 0 ? null : Math.max(...errors),
  };
}
