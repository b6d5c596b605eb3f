import type { LargeObjectFigures, SequenceValue, TableFigures } from './figures.js';

/** What a database comes to, by the names of its tables and sequences. */
export interface DatabaseFigures {
  tables: ReadonlyMap<string, TableFigures>;
  /** A sequence of the source may move while it is dumped: where it was before, and where after. */
  sequences: ReadonlyMap<string, { before: SequenceValue; after: SequenceValue }>;
  /** Null: the file has none to bring back. */
  largeObjects: LargeObjectFigures | null;
}

/** What was found where the file has been restored. */
export interface RestoredFigures {
  tables: ReadonlyMap<string, TableFigures>;
  sequences: ReadonlyMap<string, SequenceValue>;
  largeObjects: LargeObjectFigures;
}

/** Every difference in words, with both figures and no value of any row. */
export function compareFigures(source: DatabaseFigures, restored: RestoredFigures): string[] {
  return [
    ...compareTables(source.tables, restored.tables),
    ...compareSequences(source.sequences, restored.sequences),
    ...compareLargeObjects(source.largeObjects, restored.largeObjects),
  ];
}

function compareTables(
  source: ReadonlyMap<string, TableFigures>,
  restored: ReadonlyMap<string, TableFigures>,
): string[] {
  const missing = [...source].flatMap(([name, was]) => {
    const is = restored.get(name);
    if (is === undefined) return [`table ${name}: ${rowsIn(was)}, missing in the restored database`];
    if (is.rows === was.rows && is.checksum === was.checksum) return [];
    const checksums =
      is.rows === was.rows ? ` (checksum ${String(was.checksum)} in the source, ${String(is.checksum)} restored)` : '';
    return [`table ${name}: ${rowsIn(was)}, ${String(is.rows)} restored${checksums}`];
  });
  const added = [...restored.keys()].filter((name) => !source.has(name));
  return [...missing, ...added.map((name) => `table ${name}: only in the restored database`)];
}

function rowsIn({ rows }: TableFigures): string {
  return `${String(rows)} ${rows === 1n ? 'row' : 'rows'} in the source`;
}

function compareSequences(
  source: DatabaseFigures['sequences'],
  restored: ReadonlyMap<string, SequenceValue>,
): string[] {
  return [...source].flatMap(([name, { before, after }]) => {
    const is = restored.get(name);
    const where = `sequence ${name}: at ${inWords(before)} in the source`;
    if (is === undefined) return [`${where}, missing in the restored database`];
    return isBetween(is, before, after) ? [] : [`${where}, ${inWords(is)} restored`];
  });
}

function isBetween(is: SequenceValue, before: SequenceValue, after: SequenceValue): boolean {
  const stoodStill = before.value === after.value && before.isCalled === after.isCalled;
  if (stoodStill) return is.value === before.value && is.isCalled === before.isCalled;
  const [low, high] = before.value < after.value ? [before, after] : [after, before];
  return is.value >= low.value && is.value <= high.value;
}

function inWords({ value, isCalled }: SequenceValue): string {
  return `${String(value)}${isCalled ? '' : ' (not called yet)'}`;
}

function compareLargeObjects(was: LargeObjectFigures | null, is: LargeObjectFigures): string[] {
  const expected = was ?? { count: 0n, bytes: 0n, checksum: 0n };
  if (is.count === expected.count && is.bytes === expected.bytes && is.checksum === expected.checksum) return [];
  const words = ({ count, bytes, checksum }: LargeObjectFigures) =>
    `${String(count)} of ${String(bytes)} bytes, checksum ${String(checksum)}`;
  return [`large objects: ${words(expected)} in the source, ${words(is)} restored`];
}
