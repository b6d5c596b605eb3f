import { exportOf, ready } from '../../testing/builders';
import { jumpOf, pastRuns } from './past-runs';

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
