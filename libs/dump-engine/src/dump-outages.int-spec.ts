import type { ExportFailure } from '#lib/domain';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from '../../database/testing/eventually.js';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childCalled, childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { PgServers } from './proof/pg-servers.js';
import { ThrowawayServer } from './proof/throwaway-server.js';

const MANY_ROWS = `CREATE TABLE many AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 50000) AS n`;

describe('a source that is not there for long', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  beforeAll(async () => {
    source = await ThrowawayDatabase.make('outages');
    await source.sql('CREATE TABLE few (id integer); CREATE TABLE gone (id integer)');
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    expect(await trial.files()).toEqual([]);
  });

  const at = (url: string) => ({ environment: { ...trial.environmentAt(url), PGCONNECT_TIMEOUT: '2' } });

  it('because its table is dropped between the catalog and LOCK TABLE is a source_error that names it', async () => {
    const dropping = new pg.Client({ connectionString: source.url });
    await dropping.connect();
    await dropping.query('BEGIN; DROP TABLE gone');
    const failing = trial.failure();
    await eventually(
      async () =>
        (
          await source.sql(`SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`, [
            trial.applicationName,
          ])
        ).length,
      (waiting) => waiting > 0,
    );
    await dropping.query('COMMIT');
    await dropping.end();
    const failure = await failing;
    expect(failure).toMatchObject({ code: 'source_error', kind: 'user' });
    expect(failure.detail).toMatch(/gone|could not open relation/);
  });

  it.each([
    ['takes the connection and says nothing', () => undefined],
    ['hangs up at once', (socket: Socket) => socket.destroy()],
  ])('because its host %s is unreachable', async (_, greet) => {
    const sockets: Socket[] = [];
    const host: Server = createServer((socket) => {
      socket.on('error', () => undefined);
      sockets.push(socket);
      greet(socket);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as { port: number };
    try {
      const failure = await trial.failure({}, at(`postgres://reader@127.0.0.1:${String(port)}/shop?sslmode=disable`));
      expect(failure).toMatchObject({ code: 'source_unreachable', kind: 'user' });
      expect(failure.detail).toMatch(/timeout expired|server closed the connection/);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => host.close(resolve));
    }
  });

  it('because TLS is asked for and it has none is unreachable', async () => {
    expect(await trial.failure({}, at(`${source.url}?sslmode=require`))).toMatchObject({
      code: 'source_unreachable',
      kind: 'user',
      detail: expect.stringContaining('server does not support SSL') as string,
    });
  });

  it('because its server is restarted in mid-dump may be tried again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pg-export-restarted-'));
    const [major = 15] = (await new PgServers(null).majors()).filter((found) => found <= trial.client.major);
    const server = await ThrowawayServer.start(
      await new PgServers(null).ofMajor(major),
      folder,
      '00000000-0000-7000-8000-000000000000.1',
      AbortSignal.timeout(60_000),
    );
    try {
      await server.administer('postgres', MANY_ROWS);
      let failing: Promise<ExportFailure> | undefined;
      const environment = server.address('postgres').libpqEnvironment(trial.applicationName, major);
      const frozen = new Promise<number>((resolve) => {
        const onLine = (line: string) => {
          const pid = line.includes('contents of table "public.many"') ? childCalled('pg_dump')?.pid : undefined;
          if (pid !== undefined) process.kill(pid, 'SIGSTOP');
          if (pid !== undefined) resolve(pid);
          return true;
        };
        failing = trial.failure({}, { environment, onLine });
      });
      const pid = await frozen;
      await server.stop();
      process.kill(pid, 'SIGCONT');
      expect(await failing).toMatchObject({ code: 'source_unreachable', kind: 'transient' });
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });
});
