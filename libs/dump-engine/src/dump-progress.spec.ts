import { DumpProgress } from './dump-progress.js';
import type { SourceTable } from './source-inspection.js';

const table = (oid: number, name: string, sizeBytes: number, estimatedRows: number): SourceTable => ({
  oid,
  schema: 'public',
  name,
  sizeBytes,
  estimatedRows,
  copyBytes: null,
});
/** Beside these sizes the catalog weighs nothing. */
const TB = 1e12;
const ORDERS = table(1, 'orders', 90 * TB, 90);
const VISITS = table(2, 'visits', 10 * TB, 10);

class Clock {
  milliseconds = 0;
  readonly now = () => this.milliseconds;
}

const begins = (progress: DumpProgress, { schema, name }: SourceTable) =>
  progress.readLine(`pg_dump: dumping contents of table "${schema}.${name}"`);
const counts = (progress: DumpProgress, { oid }: SourceTable, tuplesProcessed: number, bytesProcessed = 0) => {
  progress.readCounters([{ relid: oid, tuplesProcessed, bytesProcessed }]);
};

describe('the progress of a dump', () => {
  it('starts with nothing done and everything known that the catalog knows', () => {
    expect(new DumpProgress([ORDERS, VISITS]).snapshot(0)).toEqual({
      percent: 0,
      bytesWritten: 0,
      rowsDone: 0,
      rowsTotal: 100,
      tablesDone: 0,
      tablesTotal: 2,
      currentTable: null,
      etaSeconds: null,
    });
  });

  it('weighs tables by their bytes and counts them by the rows that the server copied', () => {
    const progress = new DumpProgress([ORDERS, VISITS]);
    begins(progress, ORDERS);
    counts(progress, ORDERS, 45);
    expect(progress.snapshot(7)).toMatchObject({
      // Half of nine tenths of the 97 % that the rows are.
      percent: 43.6,
      bytesWritten: 7,
      rowsDone: 45,
      tablesDone: 0,
      currentTable: 'public.orders',
    });
  });

  it('takes a table for whole when pg_dump goes on to the next, and only then', () => {
    const progress = new DumpProgress([ORDERS, VISITS]);
    begins(progress, ORDERS);
    counts(progress, ORDERS, 1000);
    expect(progress.snapshot(0)).toMatchObject({ tablesDone: 0, rowsDone: 1000, rowsTotal: 1010 });
    expect(progress.snapshot(0).percent).toBeLessThan(87.3);
    begins(progress, VISITS);
    expect(progress.snapshot(0)).toMatchObject({ tablesDone: 1, percent: 87.3, currentTable: 'public.visits' });
  });

  it('says of each table how far it is, in the order in which they were given', () => {
    const progress = new DumpProgress([ORDERS, VISITS]);
    begins(progress, ORDERS);
    counts(progress, ORDERS, 45);
    const orders = { schema: 'public', name: 'orders', sizeBytes: 90 * TB, rowsTotal: 90 };
    const visits = { schema: 'public', name: 'visits', sizeBytes: 10 * TB, rowsTotal: 10 };
    expect(progress.tableList).toEqual([
      { ...orders, rowsDone: 45, state: 'dumping' },
      { ...visits, rowsDone: 0, state: 'waiting' },
    ]);
    begins(progress, VISITS);
    expect(progress.tableList).toMatchObject([{ rowsDone: 90, state: 'done' }, { state: 'dumping' }]);
  });

  it('counts a table that was never analysed by its bytes', () => {
    const progress = new DumpProgress([table(3, 'fresh', 1000 * TB, 0)]);
    counts(progress, table(3, 'fresh', 1000 * TB, 0), 5, 500.01 * TB);
    expect(progress.snapshot(0).percent).toBe(48.5);
  });

  it('is never 100 before the end, whatever is counted', () => {
    const progress = new DumpProgress([ORDERS, VISITS]);
    begins(progress, ORDERS);
    counts(progress, ORDERS, 1e12, 1e15);
    begins(progress, VISITS);
    counts(progress, VISITS, 1e12, 1e15);
    progress.finish();
    expect(progress.snapshot(0)).toMatchObject({ percent: 97, tablesDone: 2, currentTable: null });
  });

  it('never falls when the counters of a table do, or come late', () => {
    const progress = new DumpProgress([ORDERS, VISITS]);
    const shown: number[] = [];
    for (const rows of [10, 40, 20, 0, 60]) {
      counts(progress, ORDERS, rows);
      shown.push(progress.snapshot(0).percent);
    }
    begins(progress, ORDERS);
    begins(progress, VISITS);
    shown.push(progress.snapshot(0).percent);
    counts(progress, ORDERS, 1);
    shown.push(progress.snapshot(0).percent);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
  });

  it('ignores what it was not told of: other tables, other relations', () => {
    const progress = new DumpProgress([ORDERS]);
    begins(progress, VISITS);
    counts(progress, VISITS, 10);
    expect(progress.snapshot(0)).toMatchObject({ percent: 0, tablesDone: 0, currentTable: null });
  });

  it('has nothing to count in a database without tables, and does not divide by it', () => {
    const progress = new DumpProgress([]);
    progress.finish();
    expect(progress.snapshot(0)).toMatchObject({ percent: 97, etaSeconds: null });
  });

  it('moves with every line of pg_dump and everything more that is copied, and only then', () => {
    const progress = new DumpProgress([ORDERS]);
    const moves = [progress.movement];
    const after = (change: () => void) => {
      change();
      moves.push(progress.movement);
    };
    after(() => progress.readLine('pg_dump: reading extensions'));
    after(() => begins(progress, ORDERS));
    after(() => counts(progress, ORDERS, 1, 100));
    after(() => counts(progress, ORDERS, 1, 100));
    after(() => counts(progress, ORDERS, 2, 200));
    expect(moves).toEqual([0, 1, 2, 3, 3, 4]);
  });

  it('counts the catalog by what pg_dump says of it, before the first row', () => {
    const progress = new DumpProgress([table(1, 'tiny', 8192, 10)]);
    const shown = [0];
    for (let line = 0; line < 60; line += 1) {
      progress.readLine('pg_dump: reading something of the catalog');
      shown.push(progress.snapshot(0).percent);
    }
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown[20]).toBeGreaterThan(50);
    progress.readLine('pg_dump: saving encoding = UTF8');
    expect(progress.snapshot(0).percent).toBeGreaterThan(shown.at(-1)!);
    expect(progress.snapshot(0).percent).toBeLessThan(97);
  });

  it('counts large objects by the bytes that come once they are begun', () => {
    const progress = new DumpProgress([table(2, 'visits', 50 * TB, 10)], { largeObjectBytes: 60 * TB });
    begins(progress, VISITS);
    expect(progress.snapshot(10 * TB).percent).toBe(0);
    progress.readLine('pg_dump: saving large objects');
    // A third is the table: large objects weigh more than their bytes.
    expect(progress.snapshot(10 * TB).percent).toBe(31.9);
    expect(progress.snapshot(40 * TB).percent).toBe(64.4);
    progress.finish();
    expect(progress.snapshot(70 * TB).percent).toBe(97);
  });

  it.each([
    ['compressed', 1, 64.6],
    ['compressed', 2, 48.5],
    ['compressed', 8, 48.5],
    ['as it is', 2, 84.3],
  ] as const)('leaves room for the folder that is packed, %s, by %s connections', (packing, connections, percent) => {
    // Two tables of the same size: no more connections than that have anything to copy.
    const tables = [ORDERS, { ...ORDERS, oid: 9, name: 'others' }];
    const progress = new DumpProgress(tables, { packing, connections });
    progress.finish();
    expect(progress.snapshot(0).percent).toBe(percent);
    expect(progress.snapshot(0, 0, { packedShare: 1, largeObjectBytes: 0 }).percent).toBe(97);
  });

  it('gives what is asked before the rows, and what follows them, less of a whole that gzip makes longer', () => {
    const shares = [1, 4].map((copyCost) => {
      const progress = new DumpProgress([table(1, 'orders', 70_000_000, 90)], { copyCost });
      progress.readLine('pg_dump: saving encoding = UTF8');
      const before = progress.snapshot(0).percent;
      progress.finish();
      return [before, progress.snapshot(0).percent];
    });
    expect(shares).toEqual([
      [48.4, 97],
      [19.8, 99.2],
    ]);
  });

  it('counts large objects of a directory by their files, whatever else is written meanwhile', () => {
    const progress = new DumpProgress([table(2, 'visits', 50 * TB, 10)], { largeObjectBytes: 60 * TB, connections: 2 });
    progress.readLine('pg_dump: saving large objects');
    begins(progress, VISITS);
    const percent = (largeObjectBytes: number) =>
      progress.snapshot(0, 60 * TB, { packedShare: 0, largeObjectBytes }).percent;
    expect(percent(0)).toBe(0);
    expect(percent(30 * TB)).toBe(32.5);
  });

  it('weighs a bloated table by its rows more than by its pages', () => {
    const bloated = { ...table(1, 'bloated', 110 * TB, 10), copyBytes: 10 * TB };
    const progress = new DumpProgress([bloated, table(2, 'plain', 80 * TB, 80)]);
    begins(progress, bloated);
    begins(progress, table(2, 'plain', 80 * TB, 80));
    expect(progress.snapshot(0).percent).toBe(19.4);
  });

  it('estimates what is left from the rate so far, once there is one', () => {
    const clock = new Clock();
    const progress = new DumpProgress([table(1, 'orders', 97 * TB, 97)], { now: clock.now });
    clock.milliseconds = 500;
    counts(progress, ORDERS, 40);
    expect(progress.snapshot(0).etaSeconds).toBeNull();
    clock.milliseconds = 10_000;
    // Half of the rows are 48.5 % of the whole, and took 10 s: 51.5 % are left.
    counts(progress, ORDERS, 48.5);
    expect(progress.snapshot(0).etaSeconds).toBe(11);
  });

  describe('after an earlier run like it', () => {
    /** Rows of visits take four times as long as rows of orders, which no catalog says. */
    const earlier = () => {
      const clock = new Clock();
      const progress = new DumpProgress([ORDERS, VISITS], { now: clock.now, largeObjectBytes: 20 * TB });
      const at = (seconds: number, happens: () => void) => {
        clock.milliseconds = seconds * 1000;
        happens();
      };
      at(1, () => progress.readLine('pg_dump: saving encoding = UTF8'));
      at(1, () => begins(progress, ORDERS));
      at(10, () => begins(progress, VISITS));
      at(14, () => progress.readLine('pg_dump: saving large objects'));
      at(15, () => {
        progress.finish();
      });
      clock.milliseconds = 19_000;
      return progress.times(1)!;
    };

    it('knows how long each part took', () => {
      expect(earlier()).toMatchObject({
        asked: 1,
        catalog: 1,
        tables: { 'public.orders': { seconds: 9 }, 'public.visits': { seconds: 4 } },
        otherTables: { seconds: 0 },
        largeObjects: { seconds: 1 },
        end: 4,
      });
    });

    it('weighs the parts by that', () => {
      const times = earlier();
      const progress = new DumpProgress([ORDERS, VISITS], { largeObjectBytes: 20 * TB, times });
      const shown = [progress.snapshot(0).percent];
      const look = () => shown.push(progress.snapshot(0).percent);
      begins(progress, ORDERS);
      look();
      counts(progress, ORDERS, 45);
      look();
      begins(progress, VISITS);
      look();
      progress.finish();
      look();
      expect(shown).toEqual([5, 10, 32.5, 55, 80]);
    });

    it('lets what has grown weigh more, in proportion, and what is new as the rest does', () => {
      const grown = { ...VISITS, sizeBytes: 3 * VISITS.sizeBytes };
      const fresh = table(7, 'fresh', 100 * TB, 10);
      const progress = new DumpProgress([ORDERS, grown, fresh], {
        times: { ...earlier(), asked: 0, catalog: 0, end: 0 },
      });
      begins(progress, ORDERS);
      begins(progress, grown);
      // 9 of 9 + 3 × 4 + 13
      expect(progress.snapshot(0).percent).toBe(26.4);
    });

    it('is weighed by the catalog where it copied next to nothing of what there is now', () => {
      const larger = [ORDERS, table(8, 'grown', 900 * TB, 10)];
      const [known, unknown] = [earlier(), null].map((times) => {
        const progress = new DumpProgress(larger, { times });
        begins(progress, ORDERS);
        counts(progress, ORDERS, 45);
        return progress.snapshot(0).percent;
      });
      expect(known).toBe(unknown);
    });

    it('is none of 100 % before the file is in the store', () => {
      const progress = new DumpProgress([ORDERS], { times: { ...earlier(), end: 0 } });
      progress.finish();
      expect(progress.snapshot(0).percent).toBe(99.9);
    });

    it('takes the time of several connections as the part that each has of it', () => {
      const clock = new Clock();
      const progress = new DumpProgress([ORDERS, VISITS], { now: clock.now, connections: 2 });
      begins(progress, ORDERS);
      begins(progress, VISITS);
      clock.milliseconds = 3_000;
      progress.readLine('pg_dump: finished item 3352 TABLE DATA visits');
      clock.milliseconds = 9_000;
      progress.readLine('pg_dump: finished item 3351 TABLE DATA orders');
      progress.finish();
      expect(progress.times(0)?.tables).toMatchObject({
        'public.orders': { seconds: 6.75 },
        'public.visits': { seconds: 2.25 },
      });
    });

    it('takes the time of large objects beside tables so too', () => {
      const clock = new Clock();
      const shape = { now: clock.now, connections: 2, largeObjectBytes: 20 * TB };
      const progress = new DumpProgress([ORDERS], shape);
      const at = (seconds: number, ...lines: string[]) => {
        clock.milliseconds = seconds * 1_000;
        for (const line of lines) progress.readLine(`pg_dump: ${line}`);
      };
      at(0, 'dumping contents of table "public.orders"', 'saving large objects "1..1000"');
      at(2, 'finished item 3692 BLOBS 1..1000');
      at(6, 'finished item 3351 TABLE DATA orders', 'saving large objects "1001..2000"');
      at(6, 'saving large objects "2001..2100"');
      at(7, 'finished item 3694 BLOBS 2001..2100');
      at(9, 'finished item 3693 BLOBS 1001..2000');
      progress.finish();
      // Of 12 seconds of connections in 9, half were for each.
      expect(progress.times(0)).toMatchObject({
        tables: { 'public.orders': { seconds: 4.5 } },
        largeObjects: { seconds: 4.5 },
      });
    });

    it('takes the time of the groups of one connection as one, which says nothing of their ends', () => {
      const clock = new Clock();
      const progress = new DumpProgress([ORDERS], { now: clock.now, largeObjectBytes: 20 * TB });
      begins(progress, ORDERS);
      clock.milliseconds = 1_000;
      progress.readLine('pg_dump: saving large objects "1..1000"');
      clock.milliseconds = 3_000;
      progress.readLine('pg_dump: saving large objects "1001..2000"');
      clock.milliseconds = 4_000;
      progress.finish();
      expect(progress.times(0)).toMatchObject({ largeObjects: { seconds: 3 } });
    });

    it('keeps the longest tables one by one, and the others together', () => {
      const clock = new Clock();
      const tables = Array.from({ length: 100 }, (_, index) => table(index + 1, `t${String(index)}`, TB, 1));
      const progress = new DumpProgress(tables, { now: clock.now });
      for (const [index, each] of tables.entries()) {
        begins(progress, each);
        clock.milliseconds += index < 50 ? 1_000 : 2_000;
      }
      expect(progress.times(0)).toBeNull();
      progress.finish();
      const times = progress.times(0)!;
      expect(Object.values(times.tables).map(({ seconds }) => seconds)).toEqual(Array.from({ length: 40 }, () => 2));
      expect(times.otherTables.seconds).toBe(70);
    });
  });
});

describe("pg_dump's words", () => {
  it.each([
    'pg_dump: last built-in OID is 16383',
    'pg_dump: reading extensions',
    'pg_dump: dumping contents of table "public.orders"',
    'pg_dump: saving encoding = UTF8',
  ])('are counted but not kept when they are chatter: %s', (line) => {
    expect(new DumpProgress([ORDERS]).readLine(line)).toBe(false);
  });

  it.each([
    'pg_dump: error: query failed: ERROR:  permission denied for table orders',
    'pg_dump: detail: Query was: LOCK TABLE public.orders IN ACCESS SHARE MODE',
    'pg_dump: hint: Consider using --disable-triggers',
    'pg_dump: warning: there are circular foreign-key constraints',
    'HINT:  Try again.',
  ])('are kept when they explain something: %s', (line) => {
    expect(new DumpProgress([ORDERS]).readLine(line)).toBe(true);
  });

  it('of several connections counts a table as done when pg_dump says so, not when the next one is begun', () => {
    const progress = new DumpProgress([ORDERS, VISITS], { connections: 2 });
    progress.readLine('pg_dump: dumping contents of table "public.orders"');
    progress.readLine('pg_dump: dumping contents of table "public.visits"');
    expect(progress.snapshot(0)).toMatchObject({ tablesDone: 0, currentTable: 'public.orders' });
    expect(progress.readLine('pg_dump: finished item 3351 TABLE DATA orders')).toBe(false);
    expect(progress.snapshot(0)).toMatchObject({ tablesDone: 1, currentTable: 'public.visits' });
    progress.readLine('pg_dump: finished item 3352 TABLE DATA visits');
    expect(progress.snapshot(0)).toMatchObject({ tablesDone: 2, currentTable: null });
  });
});
