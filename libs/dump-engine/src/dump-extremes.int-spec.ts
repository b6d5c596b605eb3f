import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { ask, connectToSource, disconnect } from './source-client.js';
import { SourceAddress } from './source-address.js';
import { readSourceTables } from './source-inspection.js';
import { TableRoll } from './table-roll.js';

const MB = 1_000_000;

describe('a source that is', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  const prepare = async (sql: string) => {
    source = await ThrowawayDatabase.make('extremes');
    await source.sql(sql);
    trial = await DumpTrial.of(source.url);
  };
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    await trial.remove();
    await source.drop();
  });

  /** Dumps it, and calls the roll of its tables on what pg_restore has read. */
  const dumpWhole = async () => {
    const client = await connectToSource(new SourceAddress(source.url), 'pg-export trial');
    try {
      const roll = new TableRoll(await readSourceTables(client, []));
      await trial.make({}, { onChecked: (line) => roll.readLine(line) });
      await ask(() => roll.requireAll(client), AbortSignal.timeout(10_000));
      return roll.size;
    } finally {
      await disconnect(client);
    }
  };

  it('empty: no table at all', async () => {
    await prepare('SELECT 1');
    expect(await dumpWhole()).toBe(0);
  });

  it('2 000 tables, one of 1 600 columns, and names of 63 bytes', async () => {
    const long = 'é'.repeat(31);
    await prepare(`
      DO $$ BEGIN
        FOR n IN 1..2000 LOOP EXECUTE format('CREATE TABLE t%s (id integer)', n); END LOOP;
        EXECUTE (SELECT 'CREATE TABLE wide (' || string_agg('c' || n || ' boolean', ',') || ')' FROM generate_series(1, 1600) AS n);
        INSERT INTO wide (c1600) VALUES (true);
      END $$;
      CREATE SCHEMA "${long}x"; CREATE TABLE "${long}x"."${long}y" ("${long}z" integer)`);
    expect(await dumpWhole()).toBe(2002);
  });

  it('one value of 260 MB: it passes, and not through our memory', async () => {
    await prepare(`CREATE TABLE big AS SELECT repeat('x', ${String(260 * MB)}) AS words`);
    const before = process.memoryUsage().rss;
    let highest = before;
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 20);
    try {
      expect(await dumpWhole()).toBe(1);
    } finally {
      clearInterval(watch);
    }
    expect(highest - before).toBeLessThan(150 * MB);
  });

  it('one value of 540 MB: PostgreSQL itself can not deliver it, and says so', async () => {
    await prepare(`CREATE TABLE huge AS SELECT convert_to(repeat('x', ${String(540 * MB)}), 'UTF8') AS bytes`);
    expect(await trial.failure()).toMatchObject({
      code: 'source_error',
      kind: 'user',
      detail: expect.stringContaining('invalid memory alloc request size') as string,
    });
    expect(await trial.files()).toEqual([]);
  });
});
