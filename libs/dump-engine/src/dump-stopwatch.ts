import type { RunTimes, TimedPart } from '#lib/domain';
import { weightOfLargeObjects, weightOfTable } from './dump-weights.js';
import type { SourceTable } from './source-inspection.js';

/** So many tables are kept one by one: the row of an export is read often, and holds them. */
const KEPT_TABLES = 40;

/** Takes the time of the parts of a run, for the progress of the next one like it. It says nothing of its own run. */
export class DumpStopwatch {
  private readonly startedAt: number;
  private readonly begunAt = new Map<number, number>();
  private readonly seconds = new Map<number, number>();
  private catalogEndedAt: number | null = null;
  /** Groups of large objects that connections are at, since when, and the seconds of all connections before. */
  private largeObjects = { atWork: 0, since: 0, seconds: 0 };
  private finishedAt: number | null = null;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly tables: readonly SourceTable[],
    private readonly largeObjectBytes: number,
    private readonly now: () => number,
  ) {
    this.startedAt = now();
  }

  endCatalog(): void {
    this.catalogEndedAt ??= this.now();
  }

  begin({ oid }: SourceTable): void {
    this.begunAt.set(oid, this.now());
  }

  end({ oid }: SourceTable): void {
    this.seconds.set(oid, (this.now() - (this.begunAt.get(oid) ?? this.now())) / 1000);
  }

  /** Of a group of them: several connections may be at one each. */
  beginLargeObjects(): void {
    this.countLargeObjects(1);
  }

  endLargeObjects(): void {
    this.countLargeObjects(-1);
  }

  finish(): void {
    this.countLargeObjects(-this.largeObjects.atWork);
    this.finishedAt ??= this.now();
  }

  private countLargeObjects(change: number): void {
    const { atWork, since, seconds } = this.largeObjects;
    const now = this.now();
    this.largeObjects = {
      atWork: Math.max(atWork + change, 0),
      since: now,
      seconds: seconds + (atWork * (now - since)) / 1000,
    };
  }

  /**
   * What several connections do side by side takes part of the time each.
   * @param askedSeconds before the clock was started
   * @returns null before everything is through
   */
  times(askedSeconds: number): RunTimes | null {
    const { catalogEndedAt, finishedAt } = this;
    if (catalogEndedAt === null || finishedAt === null) return null;
    const all = [...this.seconds.values()].reduce((sum, seconds) => sum + seconds, this.largeObjects.seconds);
    const part = all === 0 ? 0 : (finishedAt - catalogEndedAt) / 1000 / all;
    const timed = this.tables
      .map((table): { name: string } & TimedPart => ({
        name: `${table.schema}.${table.name}`,
        seconds: (this.seconds.get(table.oid) ?? 0) * part,
        weight: weightOfTable(table),
      }))
      .sort((a, b) => b.seconds - a.seconds);
    return {
      asked: askedSeconds,
      catalog: (catalogEndedAt - this.startedAt) / 1000,
      tables: Object.fromEntries(timed.slice(0, KEPT_TABLES).map(({ name, ...each }) => [name, each])),
      otherTables: timed.slice(KEPT_TABLES).reduce(add, { seconds: 0, weight: 0 }),
      largeObjects: { seconds: this.largeObjects.seconds * part, weight: weightOfLargeObjects(this.largeObjectBytes) },
      end: (this.now() - finishedAt) / 1000,
    };
  }
}

function add(all: TimedPart, { seconds, weight }: TimedPart): TimedPart {
  return { seconds: all.seconds + seconds, weight: all.weight + weight };
}
