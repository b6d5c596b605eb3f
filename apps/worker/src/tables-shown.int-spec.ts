import { eventually } from '../../../libs/database/testing/eventually.js';
import { Installation } from '../testing/running-worker.js';

describe('the tables of an export', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.make('tables_shown');
    await installation.source.sql('ANALYZE');
  });
  afterEach(() => installation.clear());
  afterAll(() => installation.remove());

  const tablesOf = (id: string) => installation.ledger.tables.find(id);

  it('are shown while it runs, biggest first, and stay as they were when it was left', async () => {
    const worker = await installation.worker();
    const id = await installation.request(worker, { maxBytesPerSecond: 1 << 20 });
    const seen = await eventually(
      () => tablesOf(id),
      ([many]) => many?.state === 'dumping' && many.rowsDone > 0,
    );
    expect(seen).toMatchObject([
      { schema: 'public', name: 'many', rowsTotal: 20_000, state: 'dumping' },
      { schema: 'public', name: 'held', rowsTotal: 1, rowsDone: 1, state: 'done' },
    ]);
    expect(seen[0]?.rowsDone).toBeLessThan(20_000);
    await installation.ledger.requests.requestCancel(id);
    await installation.status(id, 'cancelled');
    expect(await tablesOf(id)).toMatchObject([
      { name: 'many', state: 'dumping' },
      { name: 'held', state: 'done' },
    ]);
  });

  it.each([{ format: 'custom' } as const, { format: 'directory', jobs: 2 } as const])(
    'are all done when it is ready ($format)',
    async (wishes) => {
      const worker = await installation.worker();
      const id = await installation.request(worker, wishes);
      await installation.status(id, 'ready');
      expect(await tablesOf(id)).toMatchObject([
        { name: 'many', rowsDone: 20_000, state: 'done' },
        { name: 'held', rowsDone: 1, state: 'done' },
      ]);
    },
  );
});
