import type { ExportTable } from '../../api/types';

/** One stretch of the map: a table, or all those too small for one of their own. */
export interface Segment {
  readonly id: string;
  /** `schema.name`; null of the small ones together. */
  readonly name: string | null;
  readonly tables: number;
  readonly sizeBytes: number;
  readonly rowsDone: number;
  readonly rowsTotal: number;
  /** Share of the whole, 0 to 1. */
  readonly share: number;
  /** How full it is, 0 to 1. */
  readonly filled: number;
  readonly state: ExportTable['state'];
}

/** More would be hairlines. */
const MOST_SEGMENTS = 48;
const LEAST_SHARE = 0.003;

function filledOf({ state, rowsDone, rowsTotal }: ExportTable): number {
  if (state === 'done') return 1;
  if (state === 'waiting' || rowsTotal === 0) return 0;
  return Math.min(rowsDone / rowsTotal, 1);
}

function together(tables: readonly ExportTable[], whole: number): Segment {
  const sum = (of: (table: ExportTable) => number): number => tables.reduce((total, table) => total + of(table), 0);
  const sizeBytes = sum((table) => table.sizeBytes);
  const filledBytes = sum((table) => table.sizeBytes * filledOf(table));
  const done = tables.every(({ state }) => state === 'done');
  const waiting = tables.every(({ state }) => state === 'waiting');
  return {
    id: 'rest',
    name: null,
    tables: tables.length,
    sizeBytes,
    rowsDone: sum(({ rowsDone }) => rowsDone),
    rowsTotal: sum(({ rowsTotal }) => rowsTotal),
    share: whole === 0 ? 0 : sizeBytes / whole,
    filled: sizeBytes === 0 ? (done ? 1 : 0) : filledBytes / sizeBytes,
    state: done ? 'done' : waiting ? 'waiting' : 'dumping',
  };
}

/** The tables as stretches of one bar, biggest first, the small ones as one at its end. */
export function segmentsOf(tables: readonly ExportTable[]): Segment[] {
  const whole = tables.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  const sorted = [...tables].sort((a, b) => b.sizeBytes - a.sizeBytes);
  const own = sorted.filter(({ sizeBytes }, rank) => rank < MOST_SEGMENTS && sizeBytes > whole * LEAST_SHARE);
  const rest = sorted.slice(own.length);
  const segments = own.map((table) => ({
    ...together([table], whole),
    id: `${table.schema}.${table.name}`,
    name: `${table.schema}.${table.name}`,
  }));
  return rest.length === 0 ? segments : [...segments, together(rest, whole)];
}
