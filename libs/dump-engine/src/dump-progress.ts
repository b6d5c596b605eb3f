import type { Progress, RunTimes, TableProgress } from '#lib/domain';
import { DumpStopwatch } from './dump-stopwatch.js';
import { type Packing, weigh, type Weights } from './dump-weights.js';
import { RecentRate } from './recent-rate.js';
import type { SourceTable } from './source-inspection.js';

/** A row of `pg_stat_progress_copy`. */
export interface CopyCounter {
  relid: number;
  tuplesProcessed: number;
  bytesProcessed: number;
}

/** Said by a pg_dump of several connections alone; without the schema. */
const ENDS_TABLE = /^pg_dump: finished item \d+ TABLE DATA (.*)$/;
/** Once for all of them, or for each thousand. */
const BEGINS_LARGE_OBJECTS = 'pg_dump: saving large objects';
/** As for tables; from client 17 on for each thousand. */
const ENDS_LARGE_OBJECTS = /^pg_dump: finished item \d+ BLOBS /;
/** All definitions are read; rows follow. */
const ENDS_CATALOG = 'pg_dump: saving encoding';
/** Lines that pg_dump says while it reads the catalog, some more or less with its version. */
const CATALOG_LINES = 40;
const BEGINS_TABLE = /^pg_dump: dumping contents of table "(.*)"$/;
/** What pg_dump says with --verbose besides errors: counted, not kept. */
const CHATTER = /^pg_dump: (?!error|warning|detail|hint)/;

/** Whether pg_dump is telling how far it is, which it only does once the source has answered. */
export function isChatter(line: string): boolean {
  return CHATTER.test(line);
}

/** The whole is there only when the file is in the store. */
const MOST_PERCENT = 99.9;
/** What a sum of many parts may lack takes no tenth away. */
const ROUNDING = 1e-6;
const MIN_SECONDS_FOR_A_RATE = 1;
const MIN_SHARE_FOR_A_RATE = 0.01;

/** How far the folder of a directory is. */
export interface FolderProgress {
  /** Of it, what is in the file; 0–1. */
  packedShare: number;
  /** Of its files. */
  largeObjectBytes: number;
}

export interface DumpShape {
  /** Of pg_dump: with one, a table is done when the next one is begun; with more, packing takes more of the whole. */
  connections?: number;
  /** On the server's disk. */
  largeObjectBytes?: number;
  packing?: Packing;
  /** How many times as long as copying the rows takes with what pg_dump does to them; where no earlier run has told. */
  copyCost?: number;
  /** Of the runs like this one before it; null where there is none. */
  times?: RunTimes | null;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

interface TableState extends SourceTable {
  rowsDone: number;
  bytesCopied: number;
  weight: number;
  /** 0–1 */
  share: number;
}

/**
 * How far a pg_dump is: the catalog counts by what pg_dump says of it, each table by the rows that the server has copied,
 * large objects by the bytes that have come, of a directory by their files. What they weigh is from the server's own
 * figures; time plays no part but in the estimate of what is left.
 */
export class DumpProgress {
  private readonly tables = new Map<number, TableState>();
  private readonly byName = new Map<string, TableState>();
  private readonly connections: number;
  private readonly largeObjectBytes: number;
  private readonly now: () => number;
  private readonly weights: Weights;
  private readonly totalWeight: number;
  private readonly rate: RecentRate;
  private readonly stopwatch: DumpStopwatch;
  private catalogLines = 0;
  /** 0–1 */
  private catalogShare = 0;
  private largeObjectShare = 0;
  /** Bytes that had come when the large objects were begun; null before. */
  private largeObjectsFrom: number | null = null;
  private largeObjectsBegun = false;
  private readonly startedAt: number;
  /** Begun and not done, in the order in which they were begun: one for each connection. */
  private readonly running = new Set<TableState>();
  private tablesDone = 0;
  private moves = 0;

  constructor(tables: readonly SourceTable[], shape: DumpShape = {}) {
    const { connections = 1, largeObjectBytes = 0, packing = null, now = () => performance.now() } = shape;
    const { copyCost = 1, times = null } = shape;
    this.connections = connections;
    this.largeObjectBytes = largeObjectBytes;
    this.now = now;
    this.weights = weigh({ tables, largeObjectBytes, packing, connections, copyCost }, times);
    const { tables: weights, ...others } = this.weights;
    for (const [index, table] of tables.entries()) {
      const state = { ...table, rowsDone: 0, bytesCopied: 0, weight: weights[index] ?? 0, share: 0 };
      this.tables.set(table.oid, state);
      this.byName.set(`${table.schema}.${table.name}`, state);
    }
    this.totalWeight = [...weights, ...Object.values(others)].reduce((sum, weight) => sum + weight, 0);
    this.startedAt = now();
    this.rate = new RecentRate(this.startedAt, this.weights.asked / this.totalWeight);
    this.stopwatch = new DumpStopwatch(tables, largeObjectBytes, now);
  }

  /** Reads a line of pg_dump's stderr. Returns whether it is more than progress, and worth keeping. */
  readLine(line: string): boolean {
    this.moves += 1;
    const done = ENDS_TABLE.exec(line)?.[1];
    if (done !== undefined) this.end([...this.running].find((table) => table.name === done));
    const begun = BEGINS_TABLE.exec(line)?.[1];
    if (begun === undefined) return this.readOther(line);
    this.endCatalog();
    if (this.connections === 1) this.endAll();
    const table = this.byName.get(begun);
    if (table !== undefined) {
      this.running.add(table);
      this.stopwatch.begin(table);
    }
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
    this.endCatalog();
    this.endAll();
    this.stopwatch.finish();
    this.largeObjectShare = 1;
    for (const table of this.tables.values()) complete(table);
    this.tablesDone = this.tables.size;
  }

  /**
   * @param bytesDelivered by pg_dump so far, of whatever it writes
   * @param folder of a directory
   */
  snapshot(bytesWritten: number, bytesDelivered = bytesWritten, folder: FolderProgress | null = null): Progress {
    const states = [...this.tables.values()];
    const { packedShare, largeObjectBytes } = folder ?? { packedShare: 0, largeObjectBytes: null };
    this.weighLargeObjects(largeObjectBytes ?? this.sinceLargeObjects(bytesDelivered));
    const { asked, catalog, largeObjects, packing } = this.weights;
    const rows = states.reduce((sum, table) => sum + table.share * table.weight, 0);
    const others = asked + this.catalogShare * catalog + this.largeObjectShare * largeObjects + packedShare * packing;
    const share = (rows + others) / this.totalWeight;
    const now = this.now();
    const seconds = (now - this.startedAt) / 1000;
    const [current] = this.running;
    const left = this.rate.secondsLeft(share, now);
    const rated = share >= MIN_SHARE_FOR_A_RATE && seconds >= MIN_SECONDS_FOR_A_RATE;
    return {
      percent: Math.min(Math.floor(share * 1000 + ROUNDING) / 10, MOST_PERCENT),
      bytesWritten,
      rowsDone: states.reduce((sum, table) => sum + table.rowsDone, 0),
      rowsTotal: states.reduce((sum, table) => sum + Math.max(table.estimatedRows, table.rowsDone), 0),
      tablesDone: this.tablesDone,
      tablesTotal: this.tables.size,
      currentTable: current === undefined ? null : `${current.schema}.${current.name}`,
      etaSeconds: rated && left !== null ? Math.max(Math.round(left), 1) : null,
    };
  }

  /**
   * How long the parts of the run took.
   * @param askedSeconds before pg_dump was started
   */
  times(askedSeconds: number): RunTimes | null {
    return this.stopwatch.times(askedSeconds);
  }

  private endCatalog(): void {
    this.catalogShare = 1;
    this.stopwatch.endCatalog();
  }

  /** @returns whether the line is worth keeping */
  private readOther(line: string): boolean {
    if (!isChatter(line)) return true;
    if (line.startsWith(ENDS_CATALOG)) this.endCatalog();
    if (this.catalogShare < 1) {
      this.catalogLines += 1;
      this.catalogShare = Math.min(this.catalogLines / CATALOG_LINES, 0.95);
    }
    if (line.startsWith(BEGINS_LARGE_OBJECTS)) {
      // One connection takes group after group, and does not say when one ends.
      if (this.connections > 1 || !this.largeObjectsBegun) this.stopwatch.beginLargeObjects();
      this.largeObjectsBegun = true;
      if (this.connections === 1) this.endAll();
    }
    if (ENDS_LARGE_OBJECTS.test(line)) this.stopwatch.endLargeObjects();
    return false;
  }

  /** One connection writes nothing else meanwhile. */
  private sinceLargeObjects(bytesDelivered: number): number {
    if (!this.largeObjectsBegun) return 0;
    this.largeObjectsFrom ??= bytesDelivered;
    return bytesDelivered - this.largeObjectsFrom;
  }

  private weighLargeObjects(bytes: number): void {
    if (this.largeObjectBytes === 0) return;
    this.largeObjectShare = Math.max(this.largeObjectShare, Math.min(bytes / this.largeObjectBytes, 0.999));
  }

  private endAll(): void {
    for (const table of this.running) this.end(table);
  }

  private end(table: TableState | undefined): void {
    if (table === undefined) return;
    this.running.delete(table);
    this.stopwatch.end(table);
    complete(table);
    this.tablesDone += 1;
  }
}

function complete(table: TableState): void {
  table.share = 1;
  table.rowsDone = Math.max(table.rowsDone, table.estimatedRows);
}
