import { compareFigures, type DatabaseFigures, type RestoredFigures } from './comparison.js';

const at = (value: bigint, isCalled = true) => ({ value, isCalled });
const NONE = { count: 0n, bytes: 0n, checksum: 0n };

const source = (changes: Partial<DatabaseFigures> = {}): DatabaseFigures => ({
  tables: new Map([['public.orders', { rows: 3n, checksum: 7n }]]),
  sequences: new Map([['public.orders_id', { before: at(3n), after: at(3n) }]]),
  largeObjects: { count: 1n, bytes: 10n, checksum: 5n },
  ...changes,
});
const restored = (changes: Partial<RestoredFigures> = {}): RestoredFigures => ({
  tables: new Map([['public.orders', { rows: 3n, checksum: 7n }]]),
  sequences: new Map([['public.orders_id', at(3n)]]),
  largeObjects: { count: 1n, bytes: 10n, checksum: 5n },
  ...changes,
});

describe('a restored database', () => {
  it('with the same figures is the same', () => {
    expect(compareFigures(source(), restored())).toEqual([]);
  });

  it.each([
    [{ rows: 2n, checksum: 6n }, 'table public.orders: 3 rows in the source, 2 restored'],
    [
      { rows: 3n, checksum: 8n },
      'table public.orders: 3 rows in the source, 3 restored (checksum 7 in the source, 8 restored)',
    ],
  ])('with other rows differs: %j', (figures, words) => {
    expect(compareFigures(source(), restored({ tables: new Map([['public.orders', figures]]) }))).toEqual([words]);
  });

  it('differs by a table that is missing or too many', () => {
    const other = restored({ tables: new Map([['public.more', { rows: 0n, checksum: 0n }]]) });
    expect(compareFigures(source(), other)).toEqual([
      'table public.orders: 3 rows in the source, missing in the restored database',
      'table public.more: only in the restored database',
    ]);
  });

  it('differs by a sequence that is elsewhere', () => {
    const sequences = new Map([['public.orders_id', at(3n, false)]]);
    expect(compareFigures(source(), restored({ sequences }))).toEqual([
      'sequence public.orders_id: at 3 in the source, 3 (not called yet) restored',
    ]);
  });

  it.each([
    [5n, 0],
    [2n, 1],
    [10n, 1],
  ])('may have a moving sequence anywhere between where it was and where it went: %s', (value, differences) => {
    const moving = source({ sequences: new Map([['public.orders_id', { before: at(3n), after: at(9n) }]]) });
    const found = restored({ sequences: new Map([['public.orders_id', at(value)]]) });
    expect(compareFigures(moving, found)).toHaveLength(differences);
  });

  it('differs by large objects, also by those that the file should not have', () => {
    expect(compareFigures(source(), restored({ largeObjects: NONE }))).toHaveLength(1);
    expect(compareFigures(source({ largeObjects: null }), restored())).toHaveLength(1);
    expect(compareFigures(source({ largeObjects: null }), restored({ largeObjects: NONE }))).toEqual([]);
  });
});
