export const TABLE_STATES = ['waiting', 'dumping', 'done'] as const;
export type TableState = (typeof TABLE_STATES)[number];

/** How far a run is with one table. */
export interface TableProgress {
  schema: string;
  name: string;
  sizeBytes: number;
  rowsDone: number;
  /** Estimated from the catalog until the run has counted more. */
  rowsTotal: number;
  state: TableState;
}
