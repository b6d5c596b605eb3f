import { childCalled } from '../../../libs/dump-engine/testing/child-processes.js';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { SourceServer } from '../../../libs/dump-engine/testing/source-server.js';
import { Installation } from '../testing/running-worker.js';
import pg from 'pg';

describe('a source whose server is restarted in mid-dump', () => {
  let installation: Installation;
  let server: SourceServer;
  beforeAll(async () => {
    server = await SourceServer.start();
    await server.sql(`CREATE TABLE held (id integer);
      CREATE TABLE many AS SELECT n, repeat(md5(n::text), 20) AS words FROM generate_series(1, 50000) AS n`);
    installation = await Installation.make('source_restarted');
  });
  afterAll(async () => {
    await installation.remove();
    await server.remove();
  });

  it('is exported again by itself when it is back, and nothing is left of the first try', async () => {
    const holder = new pg.Client({ connectionString: server.url });
    holder.on('error', () => undefined);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const worker = await installation.worker({ EXPORT_DATABASE_URL: server.url });
    const id = await installation.request(worker);
    // With a reader that is frozen the pipes fill up, and pg_dump stands still in the middle of its rows.
    const reader = await eventually(
      () => childCalled('pg_restore'),
      (child) => child !== undefined,
    );
    process.kill(reader!.pid, 'SIGSTOP');
    await holder.end();
    await installation.until(id, ({ progress }) => progress.currentTable === 'public.many');
    await server.stop();
    process.kill(reader!.pid, 'SIGCONT');
    await installation.until(id, ({ status, attempts }) => status === 'queued' && attempts === 1);
    expect([childCalled('pg_dump'), childCalled('pg_restore')]).toEqual([undefined, undefined]);
    expect(await installation.files()).toEqual([]);
    await server.comeBack();
    const row = await installation.status(id, 'ready', 30_000);
    expect(row).toMatchObject({ attempts: 2, error: null, progress: { tablesDone: 2, tablesTotal: 2 } });
    expect(await installation.files()).toEqual([`artifacts/${row.file!.key}`]);
  });
});
