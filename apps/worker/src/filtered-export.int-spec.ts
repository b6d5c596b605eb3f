import type { Progress, RequestedOptions } from '#lib/domain';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anOptions, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { ThrowawayDatabase } from '../../../libs/database/testing/throwaway-database.js';
import { aWorkshop } from '../testing/a-workshop.js';
import type { Gauge, RunReport } from './run-report.js';

const table = (name: string) => ({ schema: 'public', name });

describe('an export of a part', () => {
  let trial: LedgerTrial;
  let source: ThrowawayDatabase;
  let workDir: string;

  beforeAll(async () => {
    trial = await LedgerTrial.start('filtered');
    await trial.database.sql(
      'CREATE SCHEMA pgexport_queue; CREATE TABLE mine (id integer); CREATE TABLE yours (id integer)',
    );
    source = await ThrowawayDatabase.make('filtered_source');
    await source.sql(`CREATE TABLE orders AS SELECT generate_series(1, 100) AS id;
      CREATE TABLE logs AS SELECT generate_series(1, 10) AS id; CREATE TABLE kept (id integer)`);
    workDir = await mkdtemp(join(tmpdir(), 'pg-export-filtered-'));
  });
  afterEach(() => trial.clear());
  afterAll(async () => {
    await rm(workDir, { recursive: true });
    await source.drop();
    await trial.stop();
  });

  const make = async (wishes: RequestedOptions, url = source.url) => {
    const { row, run } = await trial.running('worker', {
      options: anOptions({ format: 'plain', compression: 'none', ...wishes }),
    });
    const gauges: Gauge[] = [];
    const report = {
      enter: (_stage: string, gauge?: Gauge) => gauge && gauges.push(gauge),
      isCurrent: () => Promise.resolve(true),
      showBlocking: () => undefined,
      nudge: () => undefined,
      get progress() {
        return gauges.at(-1)!.progress();
      },
    } as unknown as RunReport;
    const shop = aWorkshop({ sources: { main: url }, workDir, databaseUrl: trial.database.url });
    const { dumped, file } = await shop.make(row, run, report, new AbortController().signal);
    const text = await readFile(dumped.path, 'latin1');
    await rm(dumped.path);
    const found = (words: RegExp) => [...text.matchAll(words)].map(([, name]) => name);
    return { file, gauges, tables: found(/^CREATE TABLE (\S+)/gm), copied: found(/^COPY (\S+)/gm) };
  };

  it('has what was asked for, says what it lacks, and counts what it copies', async () => {
    const { file, gauges, tables, copied } = await make({
      excludeTables: [table('kept')],
      excludeTableData: [table('logs')],
    });
    expect(tables).toEqual(['public.logs', 'public.orders']);
    expect(copied).toEqual(['public.orders']);
    expect(file.requires).toEqual(['rows of table public.logs', 'table public.kept']);
    expect(file.name).toMatch(/\.sql$/);
    expect(gauges[0]?.progress()).toMatchObject<Partial<Progress>>({ percent: 97, tablesDone: 1, tablesTotal: 1 });
  });

  it("goes without pg-export's own schemas where they are, whatever is named", async () => {
    const filters = [
      { includeSchemas: ['public'] },
      { excludeTables: [table('yours')] },
      { includeTables: [table('mine')] },
    ];
    for (const filter of filters) {
      const { tables } = await make(filter, trial.database.url);
      expect(tables.filter((name) => name?.startsWith('pgexport'))).toEqual([]);
      expect(tables).toContain('public.mine');
    }
    await expect(make({ includeSchemas: ['pgexport'] }, trial.database.url)).rejects.toMatchObject({
      code: 'source_error',
    });
  });

  it.each(['includeTables', 'excludeTables', 'excludeTableData'] as const)(
    'says which of its tables has been dropped since it was asked for (%s)',
    async (option) => {
      await expect(make({ [option]: [table('orders'), table('gone')] })).rejects.toMatchObject({
        code: 'source_error',
        kind: 'user',
        message: 'What was to be exported is not in the database any more.',
        detail: expect.stringContaining('"public"."gone"') as string,
      });
    },
  );

  it('does not ask for rights on what it leaves out', async () => {
    const role = await source.role('exporter', 'secret');
    await source.sql(`GRANT SELECT ON orders TO ${role}`);
    const url = source.urlAs(role, 'secret');
    const only = { includeTables: [table('orders')] };
    expect((await make(only, url)).copied).toEqual(['public.orders']);
    const rest = make({ excludeTables: [table('logs')] }, url);
    await expect(rest).rejects.toMatchObject({ code: 'permission_denied', detail: 'table public.kept' });
    await source.sql(`DROP OWNED BY ${role}`);
  });

  it('is compared in its part alone, where it is restored', async () => {
    const { file } = await make({
      format: 'custom',
      verify: 'restore',
      excludeTables: [table('kept')],
      excludeTableData: [table('logs')],
    });
    expect(file.proof).toMatchObject({ kind: 'restore', tables: 2, rows: 100 });
  }, 60_000);
});
