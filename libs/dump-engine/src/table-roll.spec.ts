import type pg from 'pg';
import type { CatalogTable } from './source-inspection.js';
import { TableRoll } from './table-roll.js';

const table = (oid: number, name: string, changes: Partial<CatalogTable> = {}): CatalogTable => ({
  oid,
  schema: 'public',
  name,
  sizeBytes: 8192,
  estimatedRows: 0,
  copyBytes: null,
  hasEntry: true,
  ...changes,
});
/** A catalog as it is when the archive has been read through. */
const catalog = (...standing: CatalogTable[]) =>
  ({
    query: () =>
      Promise.resolve({ rows: standing.map(({ oid, schema, name }) => ({ oid, name: `${schema}.${name}` })) }),
  }) as unknown as pg.Client;
const rolled = (tables: CatalogTable[], ...lines: string[]) => {
  const roll = new TableRoll(tables);
  for (const line of lines) roll.readLine(line);
  return roll;
};

describe('the roll of tables', () => {
  const [a, b] = [table(1, 'a'), table(2, 'b"c.d')];
  const saysA = 'pg_restore: processing data for table "public.a"';
  const saysB = 'pg_restore: processing data for table "public.b"c.d"';

  it('is complete when each was found, in whatever words', async () => {
    await rolled([a, b], saysA, saysB).requireAll(catalog(a, b));
    await rolled([a], 'pg_dump: dumping contents of table "public.a"').requireAll(catalog(a));
    expect(rolled([a, b], saysA, saysB).size).toBe(2);
  });

  it('names those that were not found', async () => {
    await expect(rolled([a, b], saysA).requireAll(catalog(a, b))).rejects.toMatchObject({
      code: 'archive_invalid',
      detail: 'public.b"c.d',
    });
  });

  it('misses none that was dropped or renamed before pg_dump came to it, or made after', async () => {
    await rolled([a, b], saysA).requireAll(catalog(a));
    await rolled([a, b], saysA).requireAll(catalog(a, { ...b, name: 'renamed' }));
    await rolled([a], saysA, saysB).requireAll(catalog(a));
  });

  it('misses none that pg_dump leaves to an extension', async () => {
    const theirs = { ...b, hasEntry: false };
    await rolled([a, theirs], saysA).requireAll(catalog(a, theirs));
  });

  it('knows a name with a line break by its first line, and counts those that share one', async () => {
    const [one, other] = [table(3, 'x\ny'), table(4, 'x\nz')];
    const line = 'pg_restore: processing data for table "public.x';
    await rolled([one, other], line, line).requireAll(catalog(one, other));
    await expect(rolled([one, other], line).requireAll(catalog(one, other))).rejects.toThrow('every table');
  });

  it('tells lines about tables from all others', () => {
    expect(rolled([]).readLine(saysA)).toBe(true);
    expect(rolled([]).readLine('pg_restore: error: could not read from input file: end of file')).toBe(false);
  });
});
