import { performance } from 'node:perf_hooks';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { eventually } from '../../database/testing/eventually.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';

const MIB = 1 << 20;

describe('a dump in gentle mode', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_gentle');
    await source.sql(
      `CREATE TABLE filled AS SELECT i, repeat(md5(i::text), 30) AS words FROM generate_series(1, 5000) AS i`,
    );
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await source.drop();
  });

  const begun = (dump: { bytesDelivered: number }) =>
    eventually(
      () => dump.bytesDelivered,
      (bytes) => bytes > 0,
    );

  // How close it comes from below is measured by the bench: a busy machine makes every flow slower.
  it('takes no more than it was told to each second', async () => {
    const dump = trial.dump({ compression: 'none', maxBytesPerSecond: MIB });
    const making = dump.run(AbortSignal.timeout(60_000));
    const alreadyThere = await begun(dump);
    const startedAt = performance.now();
    await eventually(
      () => dump.bytesDelivered,
      (bytes) => bytes > alreadyThere + 4 * MIB,
    );
    const perSecond = (dump.bytesDelivered - alreadyThere) / ((performance.now() - startedAt) / 1000);
    const made = await making;
    expect(made.sizeBytes).toBeGreaterThan(4 * MIB);
    expect(perSecond / MIB).toBeLessThan(1.1);
  }, 60_000);

  it('is left at once, although most of the data is still on its way', async () => {
    const before = await trial.files();
    const stop = new AbortController();
    const dump = trial.dump({ compression: 'none', maxBytesPerSecond: MIB / 16 });
    const making = dump.run(stop.signal);
    making.catch(() => undefined);
    await begun(dump);
    const stoppedAt = performance.now();
    stop.abort(new Error('The export was cancelled.'));
    await expect(making).rejects.toThrow('The export was cancelled.');
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
    expect(childProcesses()).toEqual([]);
    expect(await trial.files()).toEqual(before);
  }, 60_000);
});
