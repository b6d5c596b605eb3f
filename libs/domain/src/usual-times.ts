import type { RunTimes, TimedPart } from './run-times.js';

/** An earlier run that copied less of what took the newest one its time knows too little of it. */
const LEAST_COMMON_SHARE = 0.5;

/** Seconds for each unit of weight, by part. */
type Rates = ReadonlyMap<string, number>;

/**
 * What runs have in common, in the newest one's seconds: of each part the median. Other work on the machine slows a run
 * down as a whole, which changes no proportion, or in a part of it, in which two others outvote it; of two it is the mean.
 * @param earlier of the same selection of tables, whatever these have grown by since
 */
export function usualTimes(newest: RunTimes, earlier: readonly RunTimes[]): RunTimes {
  const votes = [ratesOf(newest), ...earlier.flatMap((run) => ratesAtPaceOf(newest, ratesOf(run)) ?? [])];
  const usual = (name: string, part: TimedPart): TimedPart => {
    const rates = votes.flatMap((rates) => rates.get(name) ?? []);
    return rates.length === 0 ? part : { ...part, seconds: median(rates) * part.weight };
  };
  const parts = new Map(partsOf(newest).map(([name, part]) => [name, usual(name, part)]));
  const secondsOf = (name: string): number => parts.get(name)?.seconds ?? 0;
  return {
    asked: secondsOf('asked'),
    catalog: secondsOf('catalog'),
    tables: Object.fromEntries(
      Object.entries(newest.tables).map(([name, part]) => [name, parts.get(byTable(name)) ?? part]),
    ),
    otherTables: parts.get('otherTables') ?? newest.otherTables,
    largeObjects: parts.get('largeObjects') ?? newest.largeObjects,
    end: secondsOf('end'),
  };
}

const byTable = (name: string): string => `table ${name}`;

function copiedPartsOf(run: RunTimes): [name: string, part: TimedPart][] {
  return [
    ...Object.entries(run.tables).map(([name, part]): [string, TimedPart] => [byTable(name), part]),
    ['otherTables', run.otherTables],
    ['largeObjects', run.largeObjects],
  ];
}

/** What is packed and read back at the end grows with what was copied; what is asked before it hardly does. */
function partsOf(run: RunTimes): [name: string, part: TimedPart][] {
  const copied = copiedPartsOf(run);
  const weight = copied.reduce((sum, [, part]) => sum + part.weight, 0);
  return [
    ['asked', { seconds: run.asked, weight: 1 }],
    ['catalog', { seconds: run.catalog, weight: 1 }],
    ...copied,
    ['end', { seconds: run.end, weight: Math.max(weight, 1) }],
  ];
}

/** None of what took no time, which tells nothing. */
function ratesOf(run: RunTimes): Rates {
  const timed = partsOf(run).filter(([, { seconds, weight }]) => seconds > 0 && weight > 0);
  return new Map(timed.map(([name, { seconds, weight }]) => [name, seconds / weight]));
}

/**
 * As if that run had gone at the newest one's pace: how much slower it copied is what half of the newest one's time says.
 * @returns null where it copied too little of what the newest one did
 */
function ratesAtPaceOf(newest: RunTimes, rates: Rates): Rates | null {
  const copied = copiedPartsOf(newest).filter(([, { seconds, weight }]) => seconds > 0 && weight > 0);
  const common = copied.flatMap(([name, { seconds, weight }]) => {
    const rate = rates.get(name);
    return rate === undefined ? [] : [{ ratio: (rate * weight) / seconds, seconds }];
  });
  const all = copied.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  const known = common.reduce((sum, { seconds }) => sum + seconds, 0);
  if (known < all * LEAST_COMMON_SHARE) return null;
  // Where no rows are copied, as of a schema alone, there is no pace to tell.
  const pace = weightedMedian(common) ?? 1;
  return new Map([...rates].map(([name, rate]) => [name, rate / pace]));
}

function weightedMedian(ratios: readonly { ratio: number; seconds: number }[]): number | undefined {
  const half = ratios.reduce((sum, { seconds }) => sum + seconds, 0) / 2;
  let passed = 0;
  return [...ratios]
    .sort((a, b) => a.ratio - b.ratio)
    .find(({ seconds }) => {
      passed += seconds;
      return passed >= half;
    })?.ratio;
}

/** Of two their mean. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}
