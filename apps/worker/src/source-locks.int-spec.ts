import type { RequestedOptions } from '#lib/domain';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { childProcesses } from '../../../libs/dump-engine/testing/child-processes.js';
import { Installation } from '../testing/running-worker.js';

/** Both have the locks of all tables from one connection at first; a directory asks for each once more from another. */
const KINDS: RequestedOptions[] = [{ format: 'custom' }, { format: 'directory', jobs: 2 }];

describe('locks of the source', () => {
  let installation: Installation;
  const open: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    installation = await Installation.make('source_locks');
    // pg_dump locks tables in the order in which they were made: it has those before while it waits for this one.
    await installation.source.sql('CREATE TABLE last (id integer)');
  });
  afterEach(async () => {
    for (const release of open.splice(0)) await release();
    await installation.clear();
    expect(childProcesses()).toEqual([]);
  });
  afterAll(() => installation.remove());

  const hold = async (text: string) => {
    open.push(await installation.source.hold(text));
  };
  const letGo = async () => {
    for (const release of open.splice(0)) await release();
  };
  const waitsFor = (table: string) =>
    eventually(
      () => installation.source.sql(`SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass`, [table]),
      (waits) => waits.length > 0,
    );
  /** An export that has the locks of all tables but one, and a migration that waits for the first of them. */
  const migrationBehind = async (wishes: RequestedOptions, environment: Record<string, string> = {}) => {
    await hold('LOCK TABLE last IN ACCESS EXCLUSIVE MODE');
    const worker = await installation.worker(environment);
    const id = await installation.request(worker, wishes);
    await waitsFor('last');
    const migration = installation.source.sql('ALTER TABLE held ADD COLUMN IF NOT EXISTS more integer');
    migration.catch(() => undefined);
    await waitsFor('held');
    return { worker, id, migration };
  };

  it('show in the export who waits behind it, those included who wait for the waiting', async () => {
    const { id, migration } = await migrationBehind({});
    const reader = installation.source.sql('SELECT count(*) FROM held');
    await installation.until(id, ({ blocking }) => blocking?.waiting === 2, 2_500);
    await installation.until(id, ({ blocking }) => (blocking?.longestWaitSeconds ?? 0) >= 1);
    await letGo();
    await Promise.all([migration, reader]);
    expect(await installation.status(id, 'ready')).toMatchObject({ blocking: null, attempts: 1 });
  });

  it.each(KINDS)(
    'are given up for a migration that has waited long enough, and asked for again ($format)',
    async (kind) => {
      const { worker, id, migration } = await migrationBehind(kind, { EXPORT_YIELD_SECONDS: '1' });
      await migration;
      const row = await installation.status(id, 'queued');
      expect(row).toMatchObject({ attempts: 1, blocking: null, error: null });
      expect(await installation.source.backends(`pg-export/${id}`)).toBe(0);
      expect(await installation.files()).toEqual([]);
      await letGo();
      await installation.ledger.age(id, 'run_after', '1 hour');
      await installation.reconcile(worker);
      expect(await installation.status(id, 'ready')).toMatchObject({ attempts: 2 });
    },
  );

  it.each([
    ['is over', {}, { status: 'failed', error: { code: 'lock_timeout' } }],
    ['runs again where it may give way', { EXPORT_YIELD_SECONDS: '600' }, { status: 'queued', attempts: 1 }],
  ] as const)(
    'make several connections fail as soon as somebody comes between: the export %s',
    async (_, may, outcome) => {
      const { id, migration } = await migrationBehind({ format: 'directory', jobs: 2 }, may);
      await letGo();
      await migration;
      expect(await installation.status(id, outcome.status)).toMatchObject(outcome);
    },
  );

  it.each([
    ['a table', 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE', 'public.held'],
    [
      'the catalog, before pg_dump starts',
      'LOCK TABLE pg_catalog.pg_extension IN ACCESS EXCLUSIVE MODE',
      'pg_catalog.pg_extension',
    ],
  ])('that somebody else holds for too long are named with their holder: %s', async (_, lock, target) => {
    await hold(`SET LOCAL application_name = 'a migration'; ${lock}`);
    const worker = await installation.worker({ EXPORT_LOCK_TIMEOUT_SECONDS: '1' });
    const id = await installation.request(worker);
    const { error } = await installation.status(id, 'failed');
    expect(error?.code).toBe('lock_timeout');
    expect(error?.detail).toMatch(new RegExp(`on ${target}, held by process \\d+ \\(\\w+, a migration, since 20`));
    expect(await installation.source.backends(`pg-export/${id}`)).toBe(0);
  });

  it('leave nothing behind when the export is cancelled while it waits for one', async () => {
    await hold('LOCK TABLE last IN ACCESS EXCLUSIVE MODE');
    const worker = await installation.worker();
    const id = await installation.request(worker, { format: 'directory', jobs: 2 });
    await waitsFor('last');
    await installation.ledger.requests.requestCancel(id);
    await installation.status(id, 'cancelled', 2_500);
    expect(await installation.source.backends(`pg-export/${id}`)).toBe(0);
    expect(await installation.files()).toEqual([]);
    expect(childProcesses()).toEqual([]);
  });
});
