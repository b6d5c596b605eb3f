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
