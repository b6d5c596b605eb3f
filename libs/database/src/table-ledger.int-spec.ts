import type { TableProgress } from '#lib/domain';
import { LedgerTrial } from '../testing/ledger-trial.js';

const table = (name: string, rowsDone: number, state: TableProgress['state']): TableProgress => ({
  schema: 'public',
  name,
  sizeBytes: 8192,
  rowsDone,
  rowsTotal: 10,
  state,
});

describe('the book of the tables', () => {
  let trial: LedgerTrial;
  beforeAll(async () => {
    trial = await LedgerTrial.start('table_ledger');
  });
  afterEach(() => trial.clear());
  afterAll(() => trial.stop());

  it('is empty before a run has looked at the source', async () => {
    expect(await trial.tables.find((await trial.queued()).id)).toEqual([]);
  });

  it('shows how far the run is, also when it is over', async () => {
    const { row, run } = await trial.running();
    await trial.tables.open(run, [table('orders', 0, 'waiting'), table('visits', 0, 'waiting')]);
    const now = [table('orders', 10, 'done'), table('visits', 4, 'dumping')];
    await trial.tables.count(run, now);
    await trial.runs.cancel(run);
    expect(await trial.tables.find(row.id)).toEqual(now);
  });

  it('counts more rows than the catalog has estimated', async () => {
    const { row, run } = await trial.running();
    await trial.tables.open(run, [table('orders', 0, 'waiting')]);
    await trial.tables.count(run, [table('orders', 12, 'dumping')]);
    expect(await trial.tables.find(row.id)).toMatchObject([{ rowsDone: 12, rowsTotal: 12 }]);
  });

  it('begins anew with each run, and hears nothing from one that is superseded', async () => {
    const { row, run } = await trial.running('frozen worker');
    await trial.tables.open(run, [table('orders', 10, 'done')]);
    await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
    const next = await trial.runs.claim(row.id, 'next worker', 1);
    if (!next.taken) throw new Error('Not taken over.');
    const begun = [table('orders', 0, 'waiting')];
    await trial.tables.open(next.run, begun);
    await trial.tables.count(run, [table('orders', 7, 'dumping')]);
    await trial.tables.open(run, [table('gone', 7, 'dumping')]);
    expect(await trial.tables.find(row.id)).toEqual(begun);
  });

  it('holds ten thousand tables', async () => {
    const { row, run } = await trial.running();
    const many = Array.from({ length: 10_000 }, (_, index) => table(`table_${String(index)}`, index, 'waiting'));
    await trial.tables.open(run, many);
    await trial.tables.count(run, many);
    expect(await trial.tables.find(row.id)).toHaveLength(10_000);
  });
});
