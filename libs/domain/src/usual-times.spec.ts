import type { RunTimes } from './run-times.js';
import { usualTimes } from './usual-times.js';

const NONE = { seconds: 0, weight: 0 };

/** A run of two tables and what comes before and after them. */
function run(seconds: { asked?: number; catalog?: number; orders?: number; lines?: number; end?: number }): RunTimes {
  const { asked = 1, catalog = 2, orders = 10, lines = 20, end = 3 } = seconds;
  return {
    asked,
    catalog,
    tables: { 'public.orders': { seconds: orders, weight: 100 }, 'public.lines': { seconds: lines, weight: 400 } },
    otherTables: { seconds: 4, weight: 50 },
    largeObjects: NONE,
    end,
  };
}
const usual = run({});

/** Every part so many times as long. */
function slowed({ asked, catalog, tables, otherTables, largeObjects, end }: RunTimes, times: number): RunTimes {
  const slow = <T extends { seconds: number }>(part: T): T => ({ ...part, seconds: part.seconds * times });
  return {
    asked: asked * times,
    catalog: catalog * times,
    tables: Object.fromEntries(Object.entries(tables).map(([name, part]) => [name, slow(part)])),
    otherTables: slow(otherTables),
    largeObjects: slow(largeObjects),
    end: end * times,
  };
}

/** Of the whole, which is all that counts, in hundredths of a percent. */
function shares(times: RunTimes): number[] {
  const { asked, catalog, tables, otherTables, largeObjects, end } = times;
  const parts = [otherTables, largeObjects, ...Object.values(tables)].map(({ seconds }) => seconds);
  const all = [asked, catalog, end, ...parts];
  const whole = all.reduce((sum, seconds) => sum + seconds, 0);
  return all.map((seconds) => Math.round((seconds / whole) * 10_000));
}

describe('what runs have in common', () => {
  it('is the run where there is one', () => {
    expect(shares(usualTimes(usual, []))).toEqual(shares(usual));
  });

  it.each([{ lines: 40 }, { orders: 30 }, { end: 9 }, { asked: 5, catalog: 6 }])(
    'is not what one of three was slowed down in, by %j',
    (slow) => {
      expect(shares(usualTimes(run(slow), [usual, usual]))).toEqual(shares(usual));
      expect(shares(usualTimes(usual, [run(slow), usual]))).toEqual(shares(usual));
      expect(shares(usualTimes(usual, [usual, run(slow)]))).toEqual(shares(usual));
    },
  );

  it('is in the newest one’s seconds, whatever the pace of the others', () => {
    const { tables, end } = usualTimes(usual, [slowed(usual, 3), slowed(run({ end: 9 }), 0.5)]);
    expect(tables['public.lines']?.seconds).toBeCloseTo(20);
    expect(end).toBeCloseTo(3);
  });

  it('lies between two that differ', () => {
    expect(usualTimes(usual, [run({ end: 5 })]).end).toBeCloseTo(4);
  });

  it('allows for tables that were smaller then, and one that is gone', () => {
    const then = run({ orders: 5, lines: 10, end: 1.5 });
    then.tables = Object.fromEntries(
      Object.entries(then.tables).map(([name, { seconds, weight }]) => [name, { seconds, weight: weight / 2 }]),
    );
    then.otherTables = { seconds: 2, weight: 25 };
    expect(shares(usualTimes(usual, [then, then]))).toEqual(shares(usual));
    const more = run({ end: (3 * 650) / 550 });
    more.tables['public.gone'] = { seconds: 9, weight: 100 };
    expect(shares(usualTimes(usual, [more, more]))).toEqual(shares(usual));
  });

  it('is what the newest says where the database has grown tenfold, and packing is most of the time', () => {
    const packed = (times: number): RunTimes => ({
      asked: 1,
      catalog: 2,
      tables: { 'public.orders': { seconds: 10 * times, weight: 100 * times } },
      otherTables: NONE,
      largeObjects: NONE,
      end: 20 * times,
    });
    expect(shares(usualTimes(packed(10), [packed(1), packed(1)]))).toEqual(shares(packed(10)));
  });

  it('asks no run that copied little of what the newest one did', () => {
    const little: RunTimes = { ...run({ asked: 9, catalog: 9, end: 0.1 }), tables: {}, otherTables: NONE };
    little.tables['public.orders'] = { seconds: 80, weight: 100 };
    expect(shares(usualTimes(usual, [little, little]))).toEqual(shares(usual));
  });

  it('is of a run that copied nothing, as of a schema alone, the median too', () => {
    const schema = (catalog: number): RunTimes => ({ ...slowed(usual, 0), asked: 1, catalog, end: 1 });
    expect(usualTimes(schema(9), [schema(2), schema(3)]).catalog).toBe(3);
  });

  it('is of a run that took no time what it was', () => {
    const idle = slowed(usual, 0);
    expect(usualTimes(idle, [])).toEqual(idle);
    expect(shares(usualTimes(usual, [idle]))).toEqual(shares(usual));
  });
});
