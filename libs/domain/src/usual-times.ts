import type { RunTimes, TimedPart } from './run-times.js';

/** What does not grow with the source has a weight of one. */
const SINGLE = { weight: 1 };
const byTable = (name: string): string => `table ${name}`;

/**
 * What the runs have in common, in the newest one's seconds: of each part the median. Other work on the machine slows a
 * run down as a whole, which changes no proportion, or in a part of it, in which the other runs outvote it.
 * @param runs newest first
 */
export function usualTimes(newest: RunTimes, earlier: readonly RunTimes[]): RunTimes {
  const votes = [ratesOf(newest), ...earlier.map((run) => atPaceOf(newest, ratesOf(run)))];
  const usual = (name: string, part: TimedPart): TimedPart => {
    const rates = votes.flatMap((rates) => rates.get(name) ?? []);
    return rates.length === 0 ? part : { ...part, seconds: middle(rates) * part.weight };
  };
  const single = (name: 'asked' | 'catalog' | 'end'): number =>
    usual(name, { seconds: newest[name], ...SINGLE }).seconds;
  return {
    asked: single('asked'),
    catalog: single('catalog'),
    tables: Object.fromEntries(Object.entries(newest.tables).map(([name, part]) => [name, usual(byTable(name), part)])),
    otherTables: usual('otherTables', newest.otherTables),
    largeObjects: usual('largeObjects', newest.largeObjects),
    end: single('end'),
  };
}

function partsOf(run: RunTimes): [name: string, part: TimedPart][] {
  return [
    ['asked', { seconds: run.asked, ...SINGLE }],
    ['catalog', { seconds: run.catalog, ...SINGLE }],
    ...Object.entries(run.tables).map(([name, part]): [string, TimedPart] => [byTable(name), part]),
    ['otherTables', run.otherTables],
    ['largeObjects', run.largeObjects],
    ['end', { seconds: run.end, ...SINGLE }],
  ];
}

/** Seconds for each unit of weight; none of what took no time, which tells nothing. */
function ratesOf(run: RunTimes): Map<string, number> {
  const timed = partsOf(run).filter(([, { seconds, weight }]) => seconds > 0 && weight > 0);
  return new Map(timed.map(([name, { seconds, weight }]) => [name, seconds / weight]));
}

/** As if that run had gone at the newest one's pace: how much slower it was is what half of the newest one's time says. */
function atPaceOf(newest: RunTimes, rates: Map<string, number>): Map<string, number> {
  const ratios = partsOf(newest).flatMap(([name, { seconds, weight }]) => {
    const rate = rates.get(name);
    return rate === undefined || seconds === 0 || weight === 0 ? [] : [{ ratio: (rate * weight) / seconds, seconds }];
  });
  const pace = weightedMiddle(ratios);
  return new Map([...rates].map(([name, rate]) => [name, rate / pace]));
}

function weightedMiddle(ratios: readonly { ratio: number; seconds: number }[]): number {
  const half = ratios.reduce((sum, { seconds }) => sum + seconds, 0) / 2;
  let passed = 0;
  const found = [...ratios]
    .sort((a, b) => a.ratio - b.ratio)
    .find(({ seconds }) => {
      passed += seconds;
      return passed >= half;
    });
  return found?.ratio ?? 1;
}

/** Of two their mean. */
function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}
