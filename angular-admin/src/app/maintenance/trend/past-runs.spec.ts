import { exportOf, ready } from '../../testing/builders';
import type { Export } from '../../api/types';
import { jumpOf, pacedAlike, pastRuns } from './past-runs';

describe('past runs', () => {
  it('are whole exports with a file, oldest first', () => {
    const options = { ...exportOf().options, content: 'schema' as const };
    const items = [
      { ...ready(), id: 'new' },
      exportOf({ id: 'none' }),
      { ...ready(), id: 'part', options },
      { ...ready(), id: 'old' },
    ];
    expect(pastRuns(items).map(({ id }) => id)).toEqual(['old', 'new']);
    expect(pastRuns(items)[0]).toMatchObject({ sizeBytes: 13_107_200, seconds: 66 });
  });

  const made = (id: string, options: Partial<Export['options']>, database = 'main'): Export => ({
    ...ready(),
    id,
    database,
    options: { ...ready().options, ...options },
  });
  const orders = [{ schema: 'public', name: 'orders' }];

  it.each<[string, Partial<Export['options']>]>([
    ['only some tables', { includeTables: orders }],
    ['all but some tables', { excludeTables: orders }],
    ['some tables without rows', { excludeTableData: orders }],
    ['only some schemas', { includeSchemas: ['public'] }],
    ['all but some schemas', { excludeSchemas: ['audit'] }],
    ['another format', { format: 'plain' }],
    ['another compression', { compression: 'gzip' }],
    ['another level', { compressionLevel: 19 }],
  ])('are not compared with an export of %s', (_, options) => {
    const items = [made('last', {}), made('other', options), made('first', {})];
    expect(pastRuns(items).map(({ id }) => id)).toEqual(['first', 'last']);
  });

  it('are not compared with another database', () => {
    expect(pastRuns([made('last', {}), made('other', {}, 'billing')]).map(({ id }) => id)).toEqual(['last']);
  });

  it.each<[string, Partial<Export['options']>]>([
    ['was restored too', { verify: 'restore' }],
    ['was held back', { maxBytesPerSecond: 100_000 }],
  ])('are compared in size, but not in duration, with one that %s', (_, options) => {
    const runs = pastRuns([made('last', {}), made('other', options), made('first', {})]);
    expect(runs.map(({ id }) => id)).toEqual(['first', 'other', 'last']);
    expect(pacedAlike(runs).map(({ id }) => id)).toEqual(['first', 'last']);
  });

  it('jump when the last is far from the median of those before', () => {
    expect(jumpOf([10, 11, 12, 22])).toBeCloseTo(1);
    expect(jumpOf([10, 11, 12, 4])).toBeCloseTo(4 / 11 - 1);
    expect(jumpOf([10, 11, 12, 13])).toBeNull();
    // One odd night long ago changes nothing.
    expect(jumpOf([10, 11, 500, 12, 12])).toBeNull();
  });

  it('say nothing while there are too few to know what is usual', () => {
    expect(jumpOf([10, 11, 90])).toBeNull();
    expect(jumpOf([])).toBeNull();
    expect(jumpOf([0, 0, 0, 5])).toBeNull();
  });
});
