import { type Progress, type RequestedOptions, StopReason } from '#lib/domain';
import { PgPrograms, type PgClient } from '#lib/dump-engine';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { anOptions, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { ThrowawayDatabase } from '../../../libs/database/testing/throwaway-database.js';
import { childCalled, childProcesses } from '../../../libs/dump-engine/testing/child-processes.js';
import { Relay } from '../../../libs/dump-engine/testing/relay.js';
import { aWorkshop } from '../testing/a-workshop.js';
import type { Gauge, RunReport } from './run-report.js';

const never = new AbortController().signal;

const LARGE = 'CREATE TABLE large AS SELECT repeat(md5(n::text), 100) AS words FROM generate_series(1, 3000) AS n';

describe('the workshop', () => {
  let trial: LedgerTrial;
  let other: ThrowawayDatabase;
  let workDir: string;

  beforeAll(async () => {
    trial = await LedgerTrial.start('workshop');
    await trial.database.sql('CREATE SCHEMA pgexport_queue; CREATE TABLE mine (id integer)');
    other = await ThrowawayDatabase.make('workshop_other');
    await other.sql(
      'CREATE SCHEMA pgexport; CREATE TABLE pgexport.theirs (id integer); CREATE TABLE held (id integer)',
    );
    workDir = await mkdtemp(join(tmpdir(), 'pg-export-workshop-'));
  });
  afterEach(async () => {
    await trial.clear();
    expect(childProcesses()).toEqual([]);
  });
  afterAll(async () => {
    await rm(workDir, { recursive: true });
    await other.drop();
    await trial.stop();
  });

  const make = async (
    sources: Record<string, string>,
    signal = never,
    lockTimeoutSeconds = 30,
    wishes: RequestedOptions = { compression: 'none' },
  ) => {
    const [name = ''] = Object.keys(sources);
    const { row, run } = await trial.running('worker', {
      database: name,
      options: anOptions(wishes),
    });
    const gauges: Gauge[] = [];
    const told = { nudges: 0 };
    const report = {
      enter: (_stage: string, gauge?: Gauge) => gauge && gauges.push(gauge),
      isCurrent: () => trial.runs.holds(run),
      showBlocking: () => undefined,
      nudge: () => (told.nudges += 1),
    };
    const shop = aWorkshop({ sources, workDir, databaseUrl: trial.database.url, lockTimeoutSeconds });
    const making = shop.make(row, run, report as unknown as RunReport, signal);
    making.catch(() => undefined);
    return { row, run, making, gauges, told };
  };
  /** Ten megabytes, held back so that they would take minutes, for as long as somebody looks at their dump. */
  const whileDumping = async (url: string, look: (dump: Awaited<ReturnType<typeof make>>) => Promise<void>) => {
    const stop = new AbortController();
    const dump = await make({ main: url }, stop.signal, 30, { compression: 'none', maxBytesPerSecond: 65_536 });
    try {
      await look(dump);
    } finally {
      stop.abort(new StopReason('cancelled', 'The test is over.'));
      await dump.making.catch(() => undefined);
    }
  };
  const tablesIn = async (path: string) => {
    const [client] = (await new PgPrograms(null).all()) as [PgClient];
    const { stdout } = await promisify(execFile)(client.pgRestore, ['--file=-', path]);
    return [...stdout.matchAll(/^CREATE TABLE (\S+)/gm)].map(([, name]) => name);
  };

  it("leaves pg-export's own schemas out of the database that holds them", async () => {
    const { making } = await make({ main: trial.database.url });
    const { dumped } = await making;
    expect(await tablesIn(dumped.path)).toEqual(['public.mine']);
    await rm(dumped.path);
  });

  it('keeps schemas that only have the same name', async () => {
    const { making } = await make({ main: other.url });
    const { dumped } = await making;
    expect(await tablesIn(dumped.path)).toEqual(['pgexport.theirs', 'public.held']);
    await rm(dumped.path);
  });

  it('makes a tar of a directory, and leaves no folder', async () => {
    const { making, gauges } = await make({ main: other.url }, never, 30, { format: 'directory', jobs: 2 });
    const { dumped, file } = await making;
    expect(file.name).toMatch(/^main-.*\.tar(\.zst)?$/);
    expect(file.restoreCommand).toContain('--jobs=4');
    expect(gauges[0]?.progress()).toMatchObject<Partial<Progress>>({
      percent: 97,
      tablesDone: 2,
      tablesTotal: 2,
      bytesWritten: file.sizeBytes,
    });
    expect(await readdir(workDir)).toEqual([basename(dumped.path)]);
    await rm(dumped.path);
  });

  it('says whom the file needs where it is restored', async () => {
    const reader = await other.role('reader', 'password');
    await other.sql(`GRANT SELECT ON held TO ${reader}`);
    const { making } = await make({ main: other.url });
    const { dumped, file } = await making;
    await other.sql(`DROP OWNED BY ${reader}`);
    expect(file.requires).toEqual([`role ${reader}`]);
    await rm(dumped.path);
  });

  it('does not dump to the end what nobody can tell the needs of', async () => {
    const source = await ThrowawayDatabase.make('workshop_needs');
    const reader = await source.role('needs', 'password');
    await source.sql(
      `${LARGE}; GRANT SELECT ON large TO ${reader}; REVOKE SELECT ON pg_catalog.pg_shdepend FROM PUBLIC`,
    );
    const asReader = new URL(source.url);
    [asReader.username, asReader.password] = [reader, 'password'];
    await whileDumping(asReader.href, async ({ making }) => {
      const tooLong = sleep(15_000, 'still dumping', { ref: false });
      await expect(Promise.race([making, tooLong])).rejects.toMatchObject({ code: 'permission_denied' });
    });
    expect(await readdir(workDir)).toEqual([]);
    await source.sql(`DROP OWNED BY ${reader}`);
    await source.drop();
  });

  it('has no backend killed that ends by itself: each would be waited for', async () => {
    const killed = () => other.sql('SELECT sessions_killed FROM pg_stat_database WHERE datname = current_database()');
    const before = await killed();
    const { making } = await make({ main: other.url });
    await rm((await making).dumped.path);
    expect(await killed()).toEqual(before);
  });

  it('tells the report of what the server has copied, as it comes', async () => {
    const source = await ThrowawayDatabase.make('workshop_told');
    await source.sql(LARGE);
    await whileDumping(source.url, async ({ told }) => {
      await eventually(
        () => told.nudges,
        (nudges) => nudges >= 3,
      );
    });
    await source.drop();
  });

  it('ends the progress at what is left when all rows are copied', async () => {
    const { making, gauges } = await make({ main: other.url });
    await rm((await making).dumped.path);
    expect(gauges[0]?.progress()).toMatchObject<Partial<Progress>>({ percent: 97, tablesDone: 2, tablesTotal: 2 });
    expect(gauges[0]?.movement()).toBeGreaterThan(0);
  });

  it('keeps how long its parts took, for the progress of the next one', async () => {
    const { making } = await make({ main: other.url });
    const { dumped, made } = await making;
    const { times, seconds } = made();
    expect(Object.keys(times!.tables).sort()).toEqual(['pgexport.theirs', 'public.held']);
    const parts = [
      times!.asked,
      times!.catalog,
      times!.end,
      ...Object.values(times!.tables).map((part) => part.seconds),
    ];
    expect(parts.every((part) => part >= 0)).toBe(true);
    const sum = parts.reduce((all, part) => all + part, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(seconds);
    // The way into the store counts as part of the end.
    expect(made().times!.end).toBeGreaterThan(times!.end);
    await rm(dumped.path);
  });

  it('ends the backends that an earlier attempt has left behind, before it waits for their locks', async () => {
    const { row, run } = await trial.running();
    await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
    const left = await other.hold(
      `SET application_name = 'pg-export/${row.id}'; LOCK TABLE held IN ACCESS EXCLUSIVE MODE`,
    );
    const next = await trial.runs.claim(row.id, 'worker', 1);
    if (!next.taken) throw new Error('Not claimed.');
    const shop = aWorkshop({
      sources: { main: other.url },
      workDir,
      databaseUrl: trial.database.url,
      lockTimeoutSeconds: 5,
    });
    const report = {
      enter: () => undefined,
      isCurrent: () => trial.runs.holds(next.run),
      showBlocking: () => undefined,
      nudge: () => undefined,
    };
    const made = await shop.make(next.row, next.run, report as unknown as RunReport, never);
    await rm(made.dumped.path);
    await left();
  });

  it("leaves its successor's backends alone when it is superseded", async () => {
    const release = await other.hold('LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const stop = new AbortController();
    const { row, run, making } = await make({ main: other.url }, stop.signal);
    await eventually(
      () => childCalled('pg_dump'),
      (child) => child !== undefined,
    );
    await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
    const name = `pg-export/${row.id}`;
    const successor = await other.hold(`SET application_name = '${name}'`);
    stop.abort(new StopReason('superseded', 'Another worker has taken the export over.'));
    await expect(making).rejects.toBe(stop.signal.reason);
    // pg_dump's own waits for a lock, and may do so for a moment longer.
    const kept = await other.sql(
      `SELECT FROM pg_stat_activity WHERE application_name = '${name}' AND state = 'idle in transaction'`,
    );
    expect(kept).toHaveLength(1);
    await successor();
    await release();
  });

  it('says that a view is locked for too long, as of a table', async () => {
    await other.sql('CREATE VIEW seen AS SELECT 1 AS one');
    const release = await other.hold('CREATE OR REPLACE VIEW seen AS SELECT 2 AS one');
    const { making } = await make({ main: other.url }, never, 1);
    await expect(making).rejects.toMatchObject({ code: 'lock_timeout' });
    await release();
  });

  it('names what the role may not read, and starts nothing', async () => {
    const blind = await other.role('blind', 'password');
    const { making, gauges } = await make({ main: other.urlAs(blind, 'password') });
    await expect(making).rejects.toMatchObject({
      code: 'permission_denied',
      detail: 'schema pgexport\ntable pgexport.theirs\ntable public.held',
    });
    expect(gauges).toEqual([]);
    expect(await readdir(workDir)).toEqual([]);
  });

  it('says that the disk is too small for what the last export came to, and starts nothing', async () => {
    const shop = aWorkshop({
      sources: { main: other.url },
      workDir,
      databaseUrl: trial.database.url,
      pastRuns: [{ options: anOptions(), sourceBytes: 8192, fileBytes: 1e15, seconds: 1 }],
    });
    const { row, run } = await trial.running('worker');
    const entered: string[] = [];
    const report = {
      isCurrent: () => Promise.resolve(true),
      showBlocking: () => undefined,
      nudge: () => undefined,
      enter: (stage: string) => entered.push(stage),
    };
    await expect(shop.make(row, run, report as unknown as RunReport, never)).rejects.toMatchObject({
      code: 'disk_full',
      detail: expect.stringContaining(workDir) as string,
    });
    expect(entered).toEqual([]);
    expect(await readdir(workDir)).toEqual([]);
  });

  it('is not there for a database that was taken out of the configuration', async () => {
    const { making } = await make({});
    await expect(making).rejects.toMatchObject({ code: 'source_unreachable' });
  });

  it('is left within two seconds, also when the network to the source has fallen silent', async () => {
    const relay = await Relay.to(other.url);
    const release = await other.hold('LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const stop = new AbortController();
    const { making } = await make({ main: relay.url }, stop.signal);
    await eventually(
      () => childCalled('pg_dump'),
      (child) => child !== undefined,
    );
    relay.fallSilent();
    const stoppedAt = performance.now();
    stop.abort(new StopReason('cancelled', 'The export was cancelled.'));
    await expect(making).rejects.toBe(stop.signal.reason);
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    expect(await readdir(workDir)).toEqual([]);
    await relay.close();
    await release();
  });

  it('is left at once while it asks a source that says nothing', async () => {
    const relay = await Relay.to(other.url);
    relay.fallSilent();
    const stop = new AbortController();
    const { making } = await make({ main: relay.url }, stop.signal);
    stop.abort(new StopReason('cancelled', 'The export was cancelled.'));
    await expect(making).rejects.toBe(stop.signal.reason);
    await relay.close();
  });
});
