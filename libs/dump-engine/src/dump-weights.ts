import type { RunTimes, TimedPart } from '#lib/domain';
import type { SourceTable } from './source-inspection.js';

/**
 * What pg_dump's work weighs, in bytes of rows copied: what a connection copies in the same time. Measured with
 * PostgreSQL 15 on the sample shop, 2 000 small tables, bloated ones and large objects; only the ratios matter.
 */
const TABLE_BYTES = 100_000;
/** Reading a page of which nothing is copied costs that part of copying it. */
const DEAD_SHARE = 0.1;
/** What is asked before pg_dump, and what pg_dump asks before its first row: once, and for each table. */
const ASKED = { bytes: 35_000_000, tableBytes: 18_000 };
const CATALOG = { bytes: 35_000_000, tableBytes: 75_000 };
/** Of all before it, what follows the last row, or the packed folder: the archive's end, the second hash and the store. */
const END = 0.03 / 0.97;
/**
 * Of what was copied, for each connection that copied at the same time: a folder that is compressed as it is packed, and
 * one whose files are so already. Packing is one thread's work.
 */
const PACKED_COMPRESSED = 0.5;
const PACKED_AS_IT_IS = 0.075;
/** Of what follows the last row of a directory; the rest is reading the file back, and the way into the store. */
const PACKING_OF_END = 0.95;
/** Large objects come in pieces of 16 KiB, each of which is asked for. */
const LARGE_OBJECT_FACTOR = 1.7;

/**
 * A bloated table has pages of which nothing is copied: its rows, as wide as the server has measured them, weigh more than
 * its pages do. Bytes are copied as hexadecimal text, which is twice as long as they are. Nothing is known of the rows of a table that was never analysed.
 */
export function weightOfTable({ sizeBytes, copyBytes }: SourceTable): number {
  const copied = copyBytes ?? sizeBytes;
  return TABLE_BYTES + copied + Math.max(sizeBytes - copied, 0) * DEAD_SHARE;
}

export function weightOfLargeObjects(bytes: number): number {
  return bytes * LARGE_OBJECT_FACTOR;
}

/** How a folder becomes a file; null where none does. */
export type Packing = 'compressed' | 'as it is' | null;

/** What is to be weighed. */
export interface DumpLoad {
  tables: readonly SourceTable[];
  largeObjectBytes: number;
  packing: Packing;
  /** Of pg_dump. */
  connections: number;
  /** How many times as long as copying the rows takes with what pg_dump does to them. */
  copyCost: number;
}

/** What the parts of a run weigh, in any unit: only their ratios matter. */
export interface Weights {
  /** Before pg_dump: what was asked. */
  asked: number;
  /** Reading the definitions of everything, before the first row. */
  catalog: number;
  /** In the order in which they were given. */
  tables: readonly number[];
  largeObjects: number;
  packing: number;
  end: number;
}

/** By the source's own figures. */
function weighByCatalog({ tables, largeObjectBytes, packing, connections, copyCost }: DumpLoad): Weights {
  const rows = tables.map(weightOfTable);
  const largeObjects = weightOfLargeObjects(largeObjectBytes);
  const copied = sum(rows) + largeObjects;
  const asked = (ASKED.bytes + tables.length * ASKED.tableBytes) / copyCost;
  const catalog = (CATALOG.bytes + tables.length * CATALOG.tableBytes) / copyCost;
  const perConnection = packing === 'compressed' ? PACKED_COMPRESSED : PACKED_AS_IT_IS;
  // A table is copied by one connection, however many there are.
  const largest = rows.reduce((most, weight) => Math.max(most, weight), largeObjects);
  const beside = Math.min(connections, copied / Math.max(largest, 1));
  const packed = packing === null ? 0 : copied * perConnection * beside;
  return {
    asked,
    catalog,
    tables: rows,
    largeObjects,
    packing: packed,
    end: ((asked + catalog + copied + packed) * END) / copyCost,
  };
}

/** A run that copied less than this part of what there is now tells nothing of the rest. */
const LEAST_KNOWN_SHARE = 0.3;

/** By an earlier run like this one where there is one that tells enough, else by the source's own figures. */
export function weigh(load: DumpLoad, times: RunTimes | null): Weights {
  const byCatalog = weighByCatalog(load);
  if (times === null) return byCatalog;
  const timed = [...Object.values(times.tables), times.otherTables, times.largeObjects];
  const known = sum(timed.map(({ seconds, weight }) => (seconds > 0 ? weight : 0)));
  const wanted = sum(byCatalog.tables) + byCatalog.largeObjects;
  return known < wanted * LEAST_KNOWN_SHARE ? byCatalog : weighByTimes(times, load);
}

/**
 * By how long the parts of an earlier run like this one took, which knows what no catalog says: how well each table's
 * values compress, how far away the server is. What has grown since weighs more, in proportion; what is new weighs as
 * the rest does.
 */
function weighByTimes(times: RunTimes, load: DumpLoad): Weights {
  const timed = [...Object.values(times.tables), times.otherTables];
  const perWeight = sum(timed.map(({ seconds }) => seconds)) / Math.max(sum(timed.map(({ weight }) => weight)), 1);
  const others = rateOf(times.otherTables) ?? perWeight;
  const tables = load.tables.map((table) => {
    const past = times.tables[`${table.schema}.${table.name}`];
    return weightOfTable(table) * ((past === undefined ? null : rateOf(past)) ?? others);
  });
  const largeObjects = weightOfLargeObjects(load.largeObjectBytes) * (rateOf(times.largeObjects) ?? perWeight);
  const copiedThen = sum(timed.map(({ seconds }) => seconds)) + times.largeObjects.seconds;
  const growth = copiedThen > 0 ? (sum(tables) + largeObjects) / copiedThen : 1;
  const end = times.end * growth;
  return {
    asked: times.asked,
    catalog: times.catalog,
    tables,
    largeObjects,
    packing: load.packing === null ? 0 : end * PACKING_OF_END,
    end: load.packing === null ? end : end * (1 - PACKING_OF_END),
  };
}

function rateOf({ seconds, weight }: TimedPart): number | null {
  return weight > 0 ? seconds / weight : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
