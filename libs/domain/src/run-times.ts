/** Part of a run: how long it took, and what it weighed by the source's catalog then. */
export interface TimedPart {
  seconds: number;
  weight: number;
}

/** How long the parts of an export took: what the progress of the next ones like it is weighed by. */
export interface RunTimes {
  /** Seconds before pg_dump was started. */
  asked: number;
  /** Seconds of pg_dump before the first row. */
  catalog: number;
  /** By `schema.table`, those that took longest. */
  tables: Record<string, TimedPart>;
  /** All others together. */
  otherTables: TimedPart;
  largeObjects: TimedPart;
  /** Seconds after the last row: a folder is packed, the file is read back. */
  end: number;
}
