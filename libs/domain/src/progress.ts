/** How far a run is, from the server's own counters (`pg_stat_progress_copy`, tables done), never from a timer. */
export interface Progress {
  /** 0–100, never falling within one attempt, 100 only when the export is ready. */
  percent: number;
  /** Bytes of the file written so far. */
  bytesWritten: number;
  rowsDone: number;
  /** Estimated from the catalog (`pg_class.reltuples`) until the run has counted. */
  rowsTotal: number;
  tablesDone: number;
  tablesTotal: number;
  /** Schema and name, or null between tables. */
  currentTable: string | null;
  /** Seconds left, or null while there is no measured rate. */
  etaSeconds: number | null;
}

export const NO_PROGRESS: Progress = Object.freeze({
  percent: 0,
  bytesWritten: 0,
  rowsDone: 0,
  rowsTotal: 0,
  tablesDone: 0,
  tablesTotal: 0,
  currentTable: null,
  etaSeconds: null,
});

const OLDEST_SHARE = 0.02;
/** Oftener costs more than it tells. */
const SHORTEST_REPORT_MS = 60;
const LONGEST_REPORT_MS = 200;

/**
 * How often a run tells how far it is, in milliseconds: each fiftieth of its duration, of which only this is known for
 * sure, that it takes no less than it has taken.
 */
export function reportInterval(elapsedMs: number): number {
  return Math.min(Math.max(elapsedMs * OLDEST_SHARE, SHORTEST_REPORT_MS), LONGEST_REPORT_MS);
}
