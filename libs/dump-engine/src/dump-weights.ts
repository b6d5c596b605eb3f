import type { SourceTable } from './source-inspection.js';

/**
 * What pg_dump's work weighs, in bytes of rows copied: what a connection copies in the same time. Measured with
 * PostgreSQL 15 on the sample shop, 2 000 small tables, bloated ones and large objects; only the ratios matter.
 */
const TABLE_BYTES = 100_000;
/** Reading a page of which nothing is copied costs that part of copying it. */
const DEAD_SHARE = 0.1;
const CATALOG_BYTES = 10_000_000;
const CATALOG_TABLE_BYTES = 100_000;
/** Large objects come in pieces of 16 KiB, each of which is asked for. */
const LARGE_OBJECT_FACTOR = 2;

/**
 * A bloated table has pages of which nothing is copied: its rows, as wide as the server has measured them, weigh more than
 * its pages do. Nothing is known of the rows of a table that was never analysed.
 */
export function weightOfTable({ sizeBytes, copyBytes }: SourceTable): number {
  const copied = copyBytes === null ? sizeBytes : Math.min(copyBytes, sizeBytes);
  return TABLE_BYTES + copied + (sizeBytes - copied) * DEAD_SHARE;
}

/** Reading the definitions of everything, before the first row. */
export function weightOfCatalog(tables: number): number {
  return CATALOG_BYTES + tables * CATALOG_TABLE_BYTES;
}

export function weightOfLargeObjects(bytes: number): number {
  return bytes * LARGE_OBJECT_FACTOR;
}
