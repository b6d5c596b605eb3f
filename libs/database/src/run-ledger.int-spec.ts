import { NO_PROGRESS } from '#lib/domain';
import { eventually } from '../testing/eventually.js';
import { aFile, LedgerTrial } from '../testing/ledger-trial.js';

describe("the workers' side of the table of exports", () => {
  let trial: LedgerTrial;
  beforeAll(async () => {
    trial = await LedgerTrial.start('run_ledger');
  });
  afterEach(() => trial.clear());
  afterAll(() => trial.stop());

  const error = { code: 'stalled', message: 'Nothing moved.', detail: null } as const;

  it('gives one export to one of fifty workers that want it at once', async () => {
    const { id } = await trial.queued();
    // All of them have seen it waiting before the first may go on.
    const letThemGo = await trial.database.hold(
      `SELECT pg_advisory_xact_lock(hashtext('pg-export'), hashtext('main'))`,
    );
    const claiming = Promise.all(
      Array.from({ length: 50 }, (_, index) => trial.runs.claim(id, `worker ${String(index)}`, 50)),
    );
    await eventually(
      () => trial.database.sql(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`),
      (waiting) => waiting.length >= 5,
    );
    await letThemGo();
    const claims = await claiming;
    const taken = claims.filter((claim) => claim.taken);
    expect(taken).toHaveLength(1);
    expect(await trial.row(id)).toMatchObject({ status: 'running', attempts: 1, workerId: taken[0]?.run.workerId });
  });

  it('says that a run began when it got its turn, not when it began to wait for it', async () => {
    const { id } = await trial.queued();
    const letItGo = await trial.database.hold(`SELECT pg_advisory_xact_lock(hashtext('pg-export'), hashtext('main'))`);
    const claiming = trial.runs.claim(id, 'worker', 1);
    await eventually(
      () => trial.database.sql(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`),
      (waiting) => waiting.length === 1,
    );
    const [turn] = await trial.database.sql<{ at: Date }>('SELECT clock_timestamp() AS at');
    await letItGo();
    await claiming;
    const { startedAt } = await trial.row(id);
    expect(startedAt!.getTime()).toBeGreaterThanOrEqual(turn!.at.getTime());
  });

  it.each([1, 3])('runs no more than %i exports of one database, however many are wanted at once', async (limit) => {
    const rows = await Promise.all(Array.from({ length: 20 }, () => trial.queued()));
    const claims = await Promise.all(rows.map(({ id }) => trial.runs.claim(id, 'worker', limit)));
    expect(claims.filter((claim) => claim.taken)).toHaveLength(limit);
    expect(claims.filter((claim) => !claim.taken && claim.why === 'busy')).toHaveLength(20 - limit);
  });

  it('counts each database for itself', async () => {
    await trial.running();
    const other = await trial.queued({ database: 'replica' });
    expect(await trial.runs.claim(other.id, 'worker', 1)).toMatchObject({ taken: true });
  });

  it('gives a turn to the oldest that waits for the database, whichever of its jobs comes first', async () => {
    const waiting = [await trial.queued(), await trial.queued({ database: 'replica' }), await trial.queued()];
    const [first, , last] = waiting;
    expect(await trial.runs.claim(last!.id, 'worker', 1)).toMatchObject({ taken: true, run: { exportId: first!.id } });
    // The turn of the first is still in the queue, and is the last one's now.
    expect(await trial.runs.claim(first!.id, 'worker', 1)).toEqual({ taken: false, why: 'busy' });
    expect(await trial.runs.claim(first!.id, 'worker', 2)).toMatchObject({ taken: true, run: { exportId: last!.id } });
  });

  it('lets the next one go ahead of what has to wait for its next try', async () => {
    const { row, run } = await trial.running();
    const next = await trial.queued();
    await trial.runs.putBack(run, { delaySeconds: 60, counted: true });
    expect(await trial.runs.claim(row.id, 'worker', 1)).toMatchObject({ taken: true, run: { exportId: next.id } });
  });

  it('does not run what is cancelled, or what has to wait for its next try', async () => {
    const cancelled = await trial.queued();
    await trial.requests.requestCancel(cancelled.id);
    expect(await trial.runs.claim(cancelled.id, 'worker', 1)).toEqual({ taken: false, why: 'moved' });
    const { row, run } = await trial.running();
    await trial.runs.putBack(run, { delaySeconds: 60, counted: true });
    expect(await trial.runs.claim(row.id, 'worker', 1)).toEqual({ taken: false, why: 'busy' });
    expect(await trial.runs.due()).toEqual([]);
    await trial.age(row.id, 'run_after', '61 seconds');
    expect((await trial.runs.due()).map(({ id }) => id)).toEqual([row.id]);
    expect(await trial.runs.claim(row.id, 'worker', 1)).toMatchObject({ taken: true });
  });

  it('keeps the first start and begins each attempt at nothing', async () => {
    const { row, run } = await trial.running();
    await trial.runs.report(run, 'dumping', { ...NO_PROGRESS, percent: 60 });
    await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
    expect(await trial.row(row.id)).toMatchObject({ status: 'queued', stage: 'waiting', progress: NO_PROGRESS });
    await trial.runs.claim(row.id, 'another worker', 1);
    expect(await trial.row(row.id)).toMatchObject({ attempts: 2, progress: NO_PROGRESS, startedAt: row.startedAt });
  });

  it('takes reports; those that say something new are a change that a client can see, the others a heartbeat', async () => {
    const { row, run } = await trial.running();
    expect(await trial.runs.report(run, 'dumping', { ...NO_PROGRESS, percent: 12.5 })).toBe('ours');
    const reported = await trial.row(row.id);
    expect(reported).toMatchObject({ stage: 'dumping', progress: { percent: 12.5 }, version: row.version + 1 });
    await trial.age(row.id, 'heartbeat_at', '1 minute');
    expect(await trial.runs.report(run, 'dumping', { ...NO_PROGRESS, percent: 12.5 })).toBe('ours');
    const repeated = await trial.row(row.id);
    expect(repeated.version).toBe(reported.version);
    expect(repeated.heartbeatAt!.getTime()).toBeGreaterThanOrEqual(reported.heartbeatAt!.getTime());
    await trial.runs.report(run, 'verifying', { ...NO_PROGRESS, percent: 12.5 });
    expect(await trial.row(row.id)).toMatchObject({ stage: 'verifying', version: reported.version + 1 });
  });

  describe('that has been superseded', () => {
    const superseded = async () => {
      const { row, run } = await trial.running('frozen worker');
      await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
      const next = await trial.runs.claim(row.id, 'next worker', 1);
      if (!next.taken) throw new Error('Not taken over.');
      return { old: run, next: next.run, before: await trial.row(row.id) };
    };

    it('changes nothing, whatever its worker says', async () => {
      const { old, before } = await superseded();
      expect(await trial.runs.report(old, 'dumping', { ...NO_PROGRESS, percent: 99 })).toBe('lost');
      expect(await trial.runs.complete(old, aFile('old'), NO_PROGRESS, 24)).toBe(false);
      expect(await trial.runs.fail(old, error)).toBe(false);
      expect(await trial.runs.cancel(old)).toBe(false);
      expect(await trial.runs.putBack(old, { delaySeconds: 0, counted: true })).toBe(false);
      expect(await trial.row(before.id)).toEqual(before);
    });

    it('is told so also by the same worker, in a later attempt', async () => {
      const { row, run } = await trial.running('worker');
      await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
      await trial.runs.claim(row.id, 'worker', 1);
      expect(await trial.runs.report(run, 'dumping', NO_PROGRESS)).toBe('lost');
    });

    it('is not confused with the run that made the file', async () => {
      const { old, next } = await superseded();
      expect(await trial.runs.complete(next, aFile('next'), NO_PROGRESS, 24)).toBe(true);
      expect(await trial.runs.complete(old, aFile('old'), NO_PROGRESS, 24)).toBe(false);
      expect((await trial.row(next.exportId)).file?.key).toBe('next');
    });
  });

  describe('that ends', () => {
    it('ready, has a file, no error and a day to live', async () => {
      const { row, run } = await trial.running();
      await trial.runs.complete(run, aFile('k'), { ...NO_PROGRESS, percent: 100 }, 24);
      const ready = await trial.row(row.id);
      expect(ready).toMatchObject({ status: 'ready', stage: 'done', file: aFile('k'), progress: { percent: 100 } });
      expect(ready.expiresAt!.getTime() - ready.finishedAt!.getTime()).toBe(24 * 3_600_000);
    });

    it('ready, may be told so again when the answer was lost', async () => {
      const { run } = await trial.running();
      const complete = () => trial.runs.complete(run, aFile('k'), NO_PROGRESS, 24);
      expect([await complete(), await complete()]).toEqual([true, true]);
    });

    it('ready, is not so after a cancel that was accepted', async () => {
      const { row, run } = await trial.running();
      await trial.requests.requestCancel(row.id);
      expect(await trial.runs.complete(run, aFile('k'), NO_PROGRESS, 24)).toBe(false);
      expect(await trial.runs.cancel(run)).toBe(true);
      expect(await trial.row(row.id)).toMatchObject({ status: 'cancelled', file: null });
    });

    it('failed, says why and never runs again', async () => {
      const { row, run } = await trial.running();
      expect(await trial.runs.fail(run, error)).toBe(true);
      expect(await trial.row(row.id)).toMatchObject({ status: 'failed', stage: 'done', error, file: null });
      expect(await trial.runs.claim(row.id, 'worker', 1)).toEqual({ taken: false, why: 'moved' });
    });
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('that is put back, counted %s, comes back as attempt %i', async (counted, attempt) => {
    const { row, run } = await trial.running();
    expect(await trial.runs.putBack(run, { delaySeconds: 0, counted })).toBe(true);
    expect(await trial.row(row.id)).toMatchObject({ status: 'queued', workerId: null, heartbeatAt: null });
    expect(await trial.runs.claim(row.id, 'another worker', 1)).toMatchObject({ taken: true, run: { attempt } });
  });

  it('that is put back after a wish to cancel is cancelled instead', async () => {
    const { row, run } = await trial.running();
    await trial.requests.requestCancel(row.id);
    expect(await trial.runs.putBack(run, { delaySeconds: 5, counted: true })).toBe(true);
    const cancelled = await trial.row(row.id);
    expect(cancelled).toMatchObject({ status: 'cancelled', stage: 'done' });
    expect(cancelled.finishedAt).not.toBeNull();
  });

  it('knows the runs that nobody has heard of for long, and only those', async () => {
    const silent = await trial.running('dead worker');
    await trial.age(silent.row.id, 'heartbeat_at', '21 seconds');
    const quiet = await trial.running('busy worker');
    await trial.age(quiet.row.id, 'heartbeat_at', '19 seconds');
    const found = await trial.runs.silent(20);
    expect(found.map(({ run }) => run)).toEqual([silent.run]);
  });
});
