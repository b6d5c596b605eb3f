import type { ExportFailure, RequestedOptions } from '#lib/domain';
import { type PgClient, PgPrograms, PROOF_SUFFIX, proofParents } from '#lib/dump-engine';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fillShop } from '../../../sample-database/fill-shop.ts';
import { anOptions, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { ThrowawayDatabase } from '../../../libs/database/testing/throwaway-database.js';
import { childProcesses } from '../../../libs/dump-engine/testing/child-processes.js';
import { standInClient } from '../../../libs/dump-engine/testing/stand-in-client.js';
import { aWorkshop } from '../testing/a-workshop.js';
import type { MadeFile } from './dump-workshop.js';
import type { Gauge, RunReport } from './run-report.js';

const never = new AbortController().signal;

describe('an export whose file is restored and compared', () => {
  let trial: LedgerTrial;
  let source: ThrowawayDatabase;
  let workDir: string;
  let standIns: string;

  beforeAll(async () => {
    trial = await LedgerTrial.start('proving');
    source = await ThrowawayDatabase.make('proving_source');
    await fillShop(source.url, { scale: 0.01 });
    await source.sql('CREATE TABLE few (id integer); INSERT INTO few VALUES (1), (2)');
    workDir = await mkdtemp(join(tmpdir(), 'pg-export-proving-'));
    standIns = await mkdtemp(join(tmpdir(), 'pg-export-stand-ins-'));
  });
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    // Where a proof's server lives, those of other specs may live at the same time.
    const ours = (await trial.requests.page({ limit: 100 })).map(({ id }) => id);
    for (const parent of proofParents(workDir)) {
      const names = await readdir(parent).catch(() => []);
      expect(names.filter((name) => name.endsWith(PROOF_SUFFIX) && ours.some((id) => name.startsWith(id)))).toEqual([]);
    }
    await trial.clear();
  });
  afterAll(async () => {
    for (const folder of [workDir, standIns]) await rm(folder, { recursive: true });
    await source.drop();
    await trial.stop();
  });

  const make = async (wishes: RequestedOptions = {}, pgBinDir: string | null = null) => {
    const options = anOptions({ verify: 'restore', ...wishes });
    const { row, run } = await trial.running('worker', { options });
    const seen: { stage: string; gauge: Gauge }[] = [];
    const report = {
      enter: (stage: string, gauge?: Gauge) => gauge && seen.push({ stage, gauge }),
      isCurrent: () => Promise.resolve(true),
      showBlocking: () => undefined,
      nudge: () => undefined,
      get progress() {
        return seen.at(-1)!.gauge.progress();
      },
    } as unknown as RunReport;
    const shop = aWorkshop({ sources: { main: source.url }, workDir, databaseUrl: trial.database.url, pgBinDir });
    const making = shop.make(row, run, report, never);
    return { making, seen, row };
  };
  /** The folder of a client whose pg_dump does something else first. */
  const client = async (script: (real: PgClient) => string) => {
    const [real] = (await new PgPrograms(null).all()) as [PgClient];
    const folder = await mkdtemp(join(standIns, 'client-'));
    const pgDump = `case "$1" in --version) exec '${real.pgDump}' --version ;; esac\n${script(real)}`;
    await standInClient(folder, real, { pgDump });
    return folder;
  };
  const failure = async (making: Promise<MadeFile>): Promise<ExportFailure> => {
    const error = await making.then(
      ({ file }) => Promise.reject(new Error(`It was proven: ${JSON.stringify(file)}`)),
      (reason: unknown) => reason as ExportFailure,
    );
    expect(await readdir(workDir)).toEqual([]);
    expect(await source.backends('pg-export proof')).toBe(0);
    return error;
  };
  const rowsOfSource = async () => {
    const [counted] = await source.sql<{ rows: string; tables: number }>(
      `SELECT sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM ONLY %s', oid::regclass), false, true, '')))[1]::text::int) AS rows,
              count(*)::int AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^pg_|information_schema'`,
    );
    return { tables: counted!.tables, rows: Number(counted!.rows) };
  };

  it.each([
    { format: 'custom', compression: 'zstd' },
    { format: 'custom', compression: 'gzip' },
    { format: 'directory', jobs: 2 },
  ] as const)('says so, and what was compared: %j', async (wishes) => {
    const { making, seen, row } = await make(wishes);
    const { dumped, file } = await making;
    const counted = await rowsOfSource();
    expect(file.proof).toEqual({ kind: 'restore', at: expect.any(String), ...counted });
    expect(Date.parse(file.proof!.at)).toBeGreaterThanOrEqual(row.createdAt.getTime());
    expect(seen.map(({ stage }) => stage)).toEqual(['dumping', 'verifying']);
    // Half of what a dump ends at, which with gzip is later in the run.
    const dumpedPercent = wishes.format === 'custom' && wishes.compression === 'gzip' ? 49.6 : 48.5;
    expect(seen.map(({ gauge }) => gauge.progress().percent)).toEqual([dumpedPercent, 97]);
    expect(seen[1]!.gauge.movement()).toBeGreaterThan(10);
    expect(await readdir(workDir)).toEqual([basename(dumped.path)]);
    await rm(dumped.path);
  });

  it('of the schema alone holds no row', async () => {
    const { dumped, file } = await (await make({ content: 'schema' })).making;
    expect(file.proof).toMatchObject({ kind: 'restore', rows: 0 });
    await rm(dumped.path);
  });

  it('names the table that differs, with both figures, and leaves no file', async () => {
    // Dumps another snapshot than the one it was given, in which a row is missing.
    const folder = await client(
      ({ pgDump }) => `'${join(dirname(pgDump), 'psql')}' -qc 'DELETE FROM few WHERE id = 2' >&2
        for given; do shift; case "$given" in --snapshot=*) ;; *) set -- "$@" "$given" ;; esac; done
        exec '${pgDump}' "$@"`,
    );
    expect(await failure((await make({}, folder)).making)).toMatchObject({
      code: 'restore_failed',
      message: 'The restored database differs from the source.',
      detail: 'table public.few: 2 rows in the source, 1 restored',
    });
    await source.sql('INSERT INTO few VALUES (2)');
  });

  it.each(['custom', 'directory', 'plain'] as const)(
    'or only read through names a table that is missing in the file (%s)',
    async (format) => {
      const folder = await client(({ pgDump }) => `exec '${pgDump}' "$@" --exclude-table-data=few`);
      expect(await failure((await make({ format, verify: 'archive' }, folder)).making)).toMatchObject({
        code: 'archive_invalid',
        detail: 'public.few',
      });
    },
  );

  it('misses no table that is dropped, or made, before pg_dump takes its snapshot', async () => {
    await source.sql('CREATE TABLE short_lived (id integer)');
    const [{ tables } = { tables: 0 }] = await source.sql<{ tables: number }>(
      `SELECT count(*)::int AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^pg_|information_schema'`,
    );
    const folder = await client(
      ({
        pgDump,
      }) => `'${join(dirname(pgDump), 'psql')}' -qc 'DROP TABLE short_lived; CREATE TABLE late (id integer)' >&2
        exec '${pgDump}' "$@"`,
    );
    const { dumped, file } = await (await make({ verify: 'archive' }, folder)).making;
    expect(file.proof).toEqual({ kind: 'archive', at: expect.any(String), tables, rows: null });
    await source.sql('DROP TABLE late');
    await rm(dumped.path);
  });

  it('notices bytes that are none in the encoding, which pg_dump passes on', async () => {
    const encode = (encoding: string) =>
      source.sql(
        `UPDATE pg_database SET encoding = pg_char_to_encoding('${encoding}') WHERE datname = current_database()`,
      );
    await encode('SQL_ASCII');
    await source.sql(`CREATE TABLE broken AS SELECT convert_from('\\xff'::bytea, 'SQL_ASCII') AS words`);
    await encode('UTF8');
    const error = await failure((await make()).making);
    await source.sql('DROP TABLE broken');
    expect(error).toMatchObject({
      code: 'restore_failed',
      detail: expect.stringContaining('invalid byte sequence for encoding "UTF8"') as string,
    });
  });

  it('names the extension that is missing, before anything is dumped', async () => {
    await source.sql(`CREATE EXTENSION hstore; SET allow_system_table_mods = on;
      UPDATE pg_extension SET extname = 'nowhere_installed' WHERE extname = 'hstore'`);
    try {
      const { making, seen } = await make();
      expect(await failure(making)).toMatchObject({
        code: 'restore_failed',
        message: expect.stringContaining('nowhere_installed') as string,
      });
      expect(seen).toEqual([]);
    } finally {
      await source.sql(`SET allow_system_table_mods = on;
        UPDATE pg_extension SET extname = 'hstore' WHERE extname = 'nowhere_installed'; DROP EXTENSION hstore`);
    }
  });

  it('names the code that must not run where the worker does', async () => {
    await source.sql(`CREATE FUNCTION outside(oid, text) RETURNS integer LANGUAGE internal AS 'be_lo_export'`);
    expect(await failure((await make()).making)).toMatchObject({
      code: 'verify_unavailable',
      detail: 'function outside(oid,text) in internal',
    });
    await source.sql('DROP FUNCTION outside(oid, text)');
  });

  it('lets the source go on as soon as it has been measured', async () => {
    const { making, row } = await make();
    const { dumped } = await making;
    expect(await source.backends(`pg-export/${row.id}`)).toBe(0);
    await source.sql('ALTER TABLE few ADD COLUMN more integer; ALTER TABLE few DROP COLUMN more');
    await rm(dumped.path);
  });
});
