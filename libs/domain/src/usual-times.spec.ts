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
    expect(usualTimes(usual, [])).toEqual(usual);
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

  it('allows for a table that was smaller then, and one that was not there', () => {
    const then = run({});
    then.tables = { 'public.orders': { seconds: 5, weight: 50 }, 'public.gone': { seconds: 9, weight: 9 } };
    expect(usualTimes(usual, [then])).toEqual(usual);
  });

  it('is of a run that took no time what it was', () => {
    const idle = slowed(usual, 0);
    expect(usualTimes(idle, [])).toEqual(idle);
    expect(usualTimes(usual, [idle])).toEqual(usual);
    expect(usualTimes(idle, [usual]).end).toBe(3);
  });
});
