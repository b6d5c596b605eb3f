import { type ExportFailure, FAILURE_CODES } from '#lib/domain';
import pg from 'pg';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { eventually } from '../../database/testing/eventually.js';
import { childCalled, childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';

/** Larger than what fits into the pipes on the way, so that pg_dump is still at it when its table has begun. */
const MANY_ROWS = `CREATE TABLE many AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 50000) AS n`;

describe('a source that fails', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_failures');
    await source.sql(`CREATE TABLE few (id integer); INSERT INTO few VALUES (1); ${MANY_ROWS}`);
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  // Whatever a test was about: nothing is left.
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    expect(await trial.files()).toEqual([]);
    await eventually(
      () => source.backends(trial.applicationName),
      (count) => count === 0,
    );
  });

  const at = (url: string) => ({ environment: trial.environmentAt(url) });

  it('by refusing the connection is unreachable', async () => {
    const url = new URL(source.url);
    url.port = '1';
    expect(await trial.failure({}, at(url.href))).toMatchObject({
      code: 'source_unreachable',
      kind: 'user',
      detail: expect.stringContaining('Connection refused') as string,
    });
  });

  it('thirty times out of thirty', async () => {
    const url = new URL(source.url);
    url.port = '1';
    const codes = new Set<string>();
    for (let round = 0; round < 30; round += 1) codes.add((await trial.failure({}, at(url.href))).code);
    expect([...codes]).toEqual(['source_unreachable']);
  });

  it('by refusing the password says so', async () => {
    const reader = await source.role('reader', 'right');
    expect(await trial.failure({}, at(source.urlAs(reader, 'wrong')))).toMatchObject({
      code: 'authentication_failed',
      kind: 'user',
    });
  });

  it('by having no such database is unreachable', async () => {
    expect(await trial.failure({}, at(source.urlOf('no_such_database')))).toMatchObject({
      code: 'source_unreachable',
      detail: expect.stringContaining('no_such_database') as string,
    });
  });

  it('by denying a table says so', async () => {
    const blind = await source.role('blind', 'p@ss word/%');
    expect(await trial.failure({}, at(source.urlAs(blind, 'p@ss word/%')))).toMatchObject({
      code: 'permission_denied',
      detail: expect.stringContaining('permission denied for table') as string,
    });
  });

  it('by row-level security is not exported in part', async () => {
    const reader = await source.role('rls', 'secret');
    await source.sql(`CREATE TABLE guarded (id integer); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY few_rows ON guarded USING (id > 1); GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader}`);
    try {
      expect((await trial.failure({}, at(source.urlAs(reader, 'secret')))).code).toBe('permission_denied');
    } finally {
      await source.sql(`DROP TABLE guarded; DROP OWNED BY ${reader}`);
    }
  });

  it('by a table that somebody holds for longer than the lock timeout says so', async () => {
    const release = await source.hold('LOCK TABLE few IN ACCESS EXCLUSIVE MODE');
    try {
      expect(await trial.failure()).toMatchObject({ code: 'lock_timeout', kind: 'user' });
    } finally {
      await release();
    }
  });

  it('by a statement that fails in mid-dump gives its words', async () => {
    // A value whose label is gone from the catalog: any damage will do that shows only when the row is read.
    await source.sql(`CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE moods AS SELECT 'bad'::mood AS mood`);
    await source.sql(`SET allow_system_table_mods = on; DELETE FROM pg_enum WHERE enumlabel = 'bad'`);
    try {
      expect(await trial.failure()).toMatchObject({
        code: 'source_error',
        detail: expect.stringContaining('invalid internal value for enum') as string,
      });
    } finally {
      await source.sql('DROP TABLE moods; DROP TYPE mood');
    }
  });

  it('by bytes that are no text in any encoding gives its words', async () => {
    // A database that never asked what its bytes mean.
    const name = `${source.name}_bytes`;
    await source.sql(`CREATE DATABASE ${name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    const client = new pg.Client({ connectionString: source.urlOf(name) });
    await client.connect();
    const filling = `SET client_encoding = 'SQL_ASCII'; CREATE TABLE bytes (words text);
      COPY bytes FROM PROGRAM 'printf "caf\\\\351\\\\n"'`;
    await client.query(filling).finally(() => client.end());
    try {
      expect(await trial.failure({}, at(source.urlOf(name)))).toMatchObject({
        code: 'source_error',
        kind: 'user',
        detail: expect.stringMatching(
          /Dumping the contents of table "bytes" failed[^]*invalid byte sequence for encoding "UTF8": 0xe9/,
        ) as string,
      });
    } finally {
      await source.sql(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });

  it('by ending the connection while the rows are copied may be tried again', async () => {
    let failing: Promise<ExportFailure> | undefined;
    const frozen = new Promise<number>((resolve) => {
      const onLine = (line: string) => {
        const pid = line.includes('dumping contents of table "public.many"') ? childCalled('pg_dump')?.pid : undefined;
        if (pid !== undefined) process.kill(pid, 'SIGSTOP');
        if (pid !== undefined) resolve(pid);
        return true;
      };
      failing = trial.failure({}, { onLine });
    });
    const pid = await frozen;
    await eventually(
      async () => {
        await terminateBackends();
        return source.backends(trial.applicationName);
      },
      (count) => count === 0,
    );
    process.kill(pid, 'SIGCONT');
    const failure = await failing;
    expect(failure).toMatchObject({ code: 'source_unreachable', kind: 'transient' });
  });

  it('by ending the connection before the first byte may be tried again too: it had answered', async () => {
    const release = await source.hold('LOCK TABLE few IN ACCESS EXCLUSIVE MODE');
    try {
      const failing = trial.failure();
      await eventually(waitingForLocks, (count) => count > 0);
      await terminateBackends();
      expect(await failing).toMatchObject({ code: 'source_unreachable', kind: 'transient' });
    } finally {
      await release();
    }
  });

  it('says nothing that is no code of the contract', async () => {
    expect(FAILURE_CODES).toContain((await trial.failure({}, at(source.urlOf('nowhere')))).code);
  });

  async function waitingForLocks(): Promise<number> {
    const rows = await source.sql(
      `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
      [trial.applicationName],
    );
    return rows.length;
  }

  async function terminateBackends(): Promise<void> {
    await source.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
      trial.applicationName,
    ]);
  }
});
