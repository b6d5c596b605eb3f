import type { SourceTable } from './source-inspection.js';

/**
 * What pg_dump's work weighs, in bytes of rows copied: what a connection copies in the same time. Measured with
 * PostgreSQL 15 on the sample shop, 2 000 small tables, bloated ones and large objects; only the ratios matter.
 */
const TABLE_BYTES = 100_000;
/** Reading a page of which nothing is copied costs that part of copying it. */
const DEAD_SHARE = 0.1;
const CATALOG_BYTES = 40_000_000;
const CATALOG_TABLE_BYTES = 120_000;
/** Of the catalog's part: what was asked before pg_dump. */
export const ASKED_SHARE = 0.35;
/** Of what was copied: a folder that is compressed as it is packed, and one whose files are so already. */
const PACKED_COMPRESSED = 1.5;
const PACKED_AS_IT_IS = 0.15;
/** Large objects come in pieces of 16 KiB, each of which is asked for. */
const LARGE_OBJECT_FACTOR = 2.5;

/**
 * A bloated table has pages of which nothing is copied: its rows, as wide as the server has measured them, weigh more than
 * its pages do. Bytes are copied as hexadecimal text, which is twice as long as they are. Nothing is known of the rows of a table that was never analysed.
 */
export function weightOfTable({ sizeBytes, copyBytes }: SourceTable): number {
  const copied = copyBytes ?? sizeBytes;
  return TABLE_BYTES + copied + Math.max(sizeBytes - copied, 0) * DEAD_SHARE;
}

/** Reading the definitions of everything, before the first row. */
export function weightOfCatalog(tables: number): number {
  return CATALOG_BYTES + tables * CATALOG_TABLE_BYTES;
}

export function weightOfLargeObjects(bytes: number): number {
  return bytes * LARGE_OBJECT_FACTOR;
}

/** How a folder becomes a file; null where none does. */
export type Packing = 'compressed' | 'as it is' | null;

export function weightOfPacking(packing: Packing, copied: number): number {
  if (packing === null) return 0;
  return copied * (packing === 'compressed' ? PACKED_COMPRESSED : PACKED_AS_IT_IS);
}
