import type { Progress, TableProgress } from '#lib/domain';
import type { SourceTable } from './source-inspection.js';

/** A row of `pg_stat_progress_copy`. */
export interface CopyCounter {
  relid: number;
  tuplesProcessed: number;
  bytesProcessed: number;
}

/** Said by a pg_dump of several connections alone; without the schema. */
const ENDS_TABLE = /^pg_dump: finished item \d+ TABLE DATA (.*)$/;
const BEGINS_TABLE = /^pg_dump: dumping contents of table "(.*)"$/;
/** What pg_dump says with --verbose besides errors: counted, not kept. */
const CHATTER = /^pg_dump: (?!error|warning|detail|hint)/;

/** Whether pg_dump is telling how far it is, which it only does once the source has answered. */
export function isChatter(line: string): boolean {
  return CHATTER.test(line);
}

/** Share of the run in which rows are copied; the rest is the archive's end, the second hash and the store. */
const DATA_SHARE = 0.97;
const MIN_SECONDS_FOR_A_RATE = 1;
const MIN_SHARE_FOR_A_RATE = 0.01;

interface TableState extends SourceTable {
  rowsDone: number;
  bytesCopied: number;
  /** 0–1 */
  share: number;
}

/**
 * How far a pg_dump is: each table weighs what it has in bytes, and counts by the rows that the server has copied of
 * it. Both are the server's own figures; time plays no part but in the estimate of what is left.
 */
export class DumpProgress {
  private readonly tables = new Map<number, TableState>();
  private readonly byName = new Map<string, TableState>();
  private readonly totalBytes: number;
  private readonly startedAt: number;
  /** Begun and not done, in the order in which they were begun: one for each connection. */
  private readonly running = new Set<TableState>();
  private tablesDone = 0;
  private moves = 0;

  /**
   * @param connections of pg_dump: with one, a table is done when the next one is begun
   * @param now milliseconds of a clock that only goes forward
   */
  constructor(
    tables: readonly SourceTable[],
    private readonly connections = 1,
    private readonly now: () => number = () => performance.now(),
  ) {
    for (const table of tables) {
      const state = { ...table, rowsDone: 0, bytesCopied: 0, share: 0 };
      this.tables.set(table.oid, state);
      this.byName.set(`${table.schema}.${table.name}`, state);
    }
    this.totalBytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
    this.startedAt = now();
  }

  /** Reads a line of pg_dump's stderr. Returns whether it is more than progress, and worth keeping. */
  readLine(line: string): boolean {
    this.moves += 1;
    const done = ENDS_TABLE.exec(line)?.[1];
    if (done !== undefined) this.end([...this.running].find((table) => table.name === done));
    const begun = BEGINS_TABLE.exec(line)?.[1];
    if (begun === undefined) return !isChatter(line);
    if (this.connections === 1) this.endAll();
    const table = this.byName.get(begun);
    if (table !== undefined) this.running.add(table);
    return false;
  }

  readCounters(counters: readonly CopyCounter[]): void {
    for (const counter of counters) {
      const table = this.tables.get(counter.relid);
      if (table === undefined || table.share === 1) continue;
      if (counter.bytesProcessed > table.bytesCopied) this.moves += 1;
      table.bytesCopied = Math.max(table.bytesCopied, counter.bytesProcessed);
      table.rowsDone = Math.max(table.rowsDone, counter.tuplesProcessed);
      // The catalog's estimate may be short: a table is whole only when pg_dump has gone on to the next.
      const share =
        table.estimatedRows > 0
          ? table.rowsDone / table.estimatedRows
          : counter.bytesProcessed / Math.max(table.sizeBytes, 1);
      table.share = Math.max(table.share, Math.min(share, 0.999));
    }
  }

  /** Grows whenever pg_dump says something or the server has copied more: what is moving may take its time. */
  get movement(): number {
    return this.moves;
  }

  /** In the order in which the tables were given. */
  get tableList(): TableProgress[] {
    return [...this.tables.values()].map((table) => ({
      schema: table.schema,
      name: table.name,
      sizeBytes: table.sizeBytes,
      rowsDone: table.rowsDone,
      rowsTotal: Math.max(table.estimatedRows, table.rowsDone),
      state: table.share === 1 ? 'done' : this.running.has(table) ? 'dumping' : 'waiting',
    }));
  }

  /** All rows are copied. */
  finish(): void {
    this.endAll();
    for (const table of this.tables.values()) complete(table);
    this.tablesDone = this.tables.size;
  }

  snapshot(bytesWritten: number): Progress {
    const states = [...this.tables.values()];
    const doneBytes = states.reduce((sum, table) => sum + table.share * table.sizeBytes, 0);
    const share = this.totalBytes === 0 ? 0 : doneBytes / this.totalBytes;
    const seconds = (this.now() - this.startedAt) / 1000;
    const [current] = this.running;
    const rated = share >= MIN_SHARE_FOR_A_RATE && seconds >= MIN_SECONDS_FOR_A_RATE;
    return {
      percent: Math.floor(share * DATA_SHARE * 1000) / 10,
      bytesWritten,
      rowsDone: states.reduce((sum, table) => sum + table.rowsDone, 0),
      rowsTotal: states.reduce((sum, table) => sum + Math.max(table.estimatedRows, table.rowsDone), 0),
      tablesDone: this.tablesDone,
      tablesTotal: this.tables.size,
      currentTable: current === undefined ? null : `${current.schema}.${current.name}`,
      etaSeconds: rated ? Math.ceil(seconds / (share * DATA_SHARE) - seconds) : null,
    };
  }

  private endAll(): void {
    for (const table of this.running) this.end(table);
  }

  private end(table: TableState | undefined): void {
    if (table === undefined) return;
    this.running.delete(table);
    complete(table);
    this.tablesDone += 1;
  }
}

function complete(table: TableState): void {
  table.share = 1;
  table.rowsDone = Math.max(table.rowsDone, table.estimatedRows);
}
