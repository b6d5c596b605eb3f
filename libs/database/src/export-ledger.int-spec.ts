import { randomUUID } from 'node:crypto';
import { completeOptions, NO_PROGRESS, Refusal } from '#lib/domain';
import { aCaller, aFile, LedgerTrial } from '../testing/ledger-trial.js';

describe("the requests' side of the table of exports", () => {
  let trial: LedgerTrial;
  beforeAll(async () => {
    trial = await LedgerTrial.start('export_ledger');
  });
  afterEach(() => trial.clear());
  afterAll(() => trial.stop());

  const outcomes = async (requests: Promise<{ created: boolean; row: { id: string } }>[]) => {
    const settled = await Promise.allSettled(requests);
    return {
      ids: new Set(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value.row.id] : []))),
      created: settled.filter((one) => one.status === 'fulfilled' && one.value.created).length,
      refusals: settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Refusal).code] : [])),
    };
  };

  it('reads the options of a row that was written before there were filters', async () => {
    const { id, options } = await trial.queued();
    await trial.database.sql(
      `UPDATE pgexport.exports SET options = options - ARRAY['includeSchemas', 'excludeSchemas', 'includeTables',
         'excludeTables', 'excludeTableData', 'clean'] WHERE id = $1`,
      [id],
    );
    expect((await trial.requests.find(id))?.options).toEqual(options);
    const claim = await trial.runs.claim(id, 'worker', 1);
    expect(claim.taken && claim.row.options).toEqual(options);
  });

  it('writes an export down as it was asked for', async () => {
    const caller = aCaller();
    const row = await trial.queued({ caller });
    expect(row).toMatchObject({
      status: 'queued',
      stage: 'waiting',
      database: 'main',
      progress: NO_PROGRESS,
      attempts: 0,
      file: null,
      error: null,
      requestedById: caller.userId,
      requestedByEmail: caller.email,
      sessionId: caller.sessionId,
    });
    expect(row.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('gives a new export as it is read later, options and all', async () => {
    const options = completeOptions({
      ...{ includeSchemas: ['a "b" 🧾'], excludeSchemas: ['c'], note: 'Été', compressionLevel: 3 },
    });
    if ('problem' in options) throw new Error(options.problem);
    const row = await trial.queued({ options });
    expect(row).toEqual(await trial.requests.find(row.id));
    expect(row.options).toEqual(options);
  });

  describe('with an idempotency key', () => {
    const withKey = (caller: ReturnType<typeof aCaller>, bodyHash = 'body', maxQueued = 1000) =>
      trial.requests.add(trial.request({ caller, idempotency: { key: 'key', bodyHash }, maxQueued }));

    it('makes one export of a hundred requests at once', async () => {
      const caller = aCaller();
      const { ids, created, refusals } = await outcomes(Array.from({ length: 100 }, () => withKey(caller)));
      expect({ ids: ids.size, created, refusals }).toEqual({ ids: 1, created: 1, refusals: [] });
      expect(await trial.requests.page({ limit: 10 })).toHaveLength(1);
    });

    it('refuses another body under the same key, also at once', async () => {
      const caller = aCaller();
      const bodies = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'one' : 'other'));
      const { ids, created, refusals } = await outcomes(bodies.map((body) => withKey(caller, body)));
      expect({ ids: ids.size, created }).toEqual({ ids: 1, created: 1 });
      expect(refusals).toEqual(Array<string>(10).fill('idempotency_conflict'));
    });

    it('keeps the keys of two callers apart', async () => {
      const { ids } = await outcomes([withKey(aCaller()), withKey(aCaller())]);
      expect(ids.size).toBe(2);
    });

    it('finds its export also when the queue is full, whatever became of it', async () => {
      const caller = aCaller();
      const { row } = await withKey(caller, 'body', 1);
      expect(await withKey(caller, 'body', 1)).toMatchObject({ created: false, row: { id: row.id } });
      await trial.requests.requestCancel(row.id);
      expect(await withKey(caller, 'body', 0)).toMatchObject({ created: false, row: { status: 'cancelled' } });
    });

    it('knows whether more than one request has come with it', async () => {
      const caller = aCaller();
      await withKey(caller);
      expect(await trial.requests.isRepeated(caller.userId, 'key')).toBe(false);
      await withKey(caller);
      expect(await trial.requests.isRepeated(caller.userId, 'key')).toBe(true);
      expect(await trial.requests.isRepeated(aCaller().userId, 'key')).toBe(false);
    });

    it('leaves the key free when the queue refused the export', async () => {
      const caller = aCaller();
      await expect(withKey(caller, 'body', 0)).rejects.toMatchObject({ code: 'queue_full' });
      expect(await withKey(caller, 'another body')).toMatchObject({ created: true });
    });

    it('forgets a key after 24 hours, and not before', async () => {
      const caller = aCaller();
      const age = (by: string) =>
        trial.database.sql(`UPDATE pgexport.idempotency_keys SET created_at = now() - interval '${by}'`);
      const first = await withKey(caller);
      await age('23 hours 59 minutes');
      expect(await withKey(caller)).toMatchObject({ created: false, row: { id: first.row.id } });
      await age('24 hours 1 minute');
      expect(await withKey(caller, 'another body')).toMatchObject({ created: true });
    });
  });

  it('refuses what would make the queue longer than it may be, exactly, also at once', async () => {
    await trial.running();
    const { created, refusals } = await outcomes(
      Array.from({ length: 30 }, () => trial.requests.add(trial.request({ maxQueued: 20 }))),
    );
    expect(created).toBe(20);
    expect(refusals).toEqual(Array<string>(10).fill('queue_full'));
  });

  describe('cancelled', () => {
    it('while it waits, is so at once', async () => {
      const { id } = await trial.queued();
      expect(await trial.requests.requestCancel(id)).toBe(true);
      const row = await trial.row(id);
      expect(row).toMatchObject({ status: 'cancelled', stage: 'done', version: 1 });
      expect(row.finishedAt).not.toBeNull();
    });

    it('while it runs, is left to its worker, which hears of it', async () => {
      const { row, run } = await trial.running();
      expect(await trial.requests.requestCancel(row.id)).toBe(true);
      expect(await trial.requests.requestCancel(row.id)).toBe(true);
      expect((await trial.row(row.id)).status).toBe('running');
      expect(await trial.runs.report(run, 'dumping', NO_PROGRESS)).toBe('cancel_requested');
    });

    it.each(['ready', 'failed', 'cancelled'] as const)('when it is %s, is refused', async (end) => {
      const { row, run } = await trial.running();
      if (end === 'ready') await trial.runs.complete(run, aFile('k'), NO_PROGRESS, 24);
      if (end === 'failed') await trial.runs.fail(run, { code: 'stalled', message: '', detail: null });
      if (end === 'cancelled') await trial.runs.cancel(run);
      expect(await trial.requests.requestCancel(row.id)).toBe(false);
      expect((await trial.row(row.id)).status).toBe(end);
    });

    it('in the moment in which it is put back, is cancelled all the same', async () => {
      const statuses = new Set<string>();
      for (let round = 0; round < 60; round += 1) {
        const { row, run } = await trial.running();
        const [accepted] = await Promise.all([
          trial.requests.requestCancel(row.id),
          trial.runs.putBack(run, { delaySeconds: 0, counted: true }),
        ]);
        statuses.add(`${String(accepted)} ${(await trial.row(row.id)).status}`);
      }
      expect([...statuses]).toEqual(['true cancelled']);
    });
  });

  describe('in pages', () => {
    it('comes newest first, each once, by the id of the last one seen', async () => {
      const ids: string[] = [];
      for (let number = 0; number < 25; number += 1) ids.push((await trial.queued()).id);
      const seen: string[] = [];
      for (let before: string | undefined; ; before = seen.at(-1)) {
        const page = await trial.requests.page({ limit: 10, ...(before === undefined ? {} : { before }) });
        if (page.length === 0) break;
        seen.push(...page.map(({ id }) => id));
      }
      expect(seen).toEqual(ids.reverse());
    });

    it('can be narrowed to statuses and a database', async () => {
      const { row } = await trial.running();
      const waiting = await trial.queued({ database: 'replica' });
      const ids = async (filter: object) => (await trial.requests.page({ limit: 10, ...filter })).map(({ id }) => id);
      expect(await ids({ statuses: ['running', 'failed'] })).toEqual([row.id]);
      expect(await ids({ database: 'replica' })).toEqual([waiting.id]);
      expect(await ids({ database: 'replica', statuses: ['running'] })).toEqual([]);
    });
  });

  it('says how many wait before an export', async () => {
    const rows = [await trial.queued(), await trial.queued(), await trial.queued()];
    expect(await Promise.all(rows.map((row) => trial.requests.queuePosition(row)))).toEqual([0, 1, 2]);
    const placed = await Promise.all(rows.map(({ id }) => trial.requests.findPlaced(id)));
    expect(placed.map((one) => one?.queuePosition)).toEqual([0, 1, 2]);
  });

  it('has no place for an export that waits no more', async () => {
    await trial.queued();
    const { row } = await trial.running();
    expect(await trial.requests.findPlaced(row.id)).toEqual({ row: await trial.row(row.id), queuePosition: 0 });
  });

  describe('with a file', () => {
    const ready = async (key: string) => {
      const { row, run } = await trial.running();
      await trial.runs.complete(run, aFile(key), NO_PROGRESS, 24);
      return row.id;
    };

    it('expires when its time has come, oldest first', async () => {
      const [second, first, later] = [await ready('a'), await ready('b'), await ready('c')];
      await trial.age(second, 'expires_at', '25 hours');
      await trial.age(first, 'expires_at', '26 hours');
      await trial.age(later, 'expires_at', '23 hours');
      expect((await trial.requests.expired(10)).map(({ id }) => id)).toEqual([first, second]);
      expect(await trial.requests.expired(1)).toHaveLength(1);
    });

    it('is retired once, with what it was lost to', async () => {
      const id = await ready('a');
      const loss = { code: 'file_lost', message: 'The file has gone.' } as const;
      expect(await trial.requests.retire(id, 'expired', loss)).toBe(true);
      expect(await trial.requests.retire(id, 'deleted')).toBe(false);
      expect(await trial.row(id)).toMatchObject({ status: 'expired', error: { code: 'file_lost', detail: null } });
    });

    it('needs its key, as a running one needs the key it is making; one that is over needs none', async () => {
      const kept = await ready('kept');
      const retired = await ready('gone');
      await trial.requests.retire(retired, 'deleted');
      const { row } = await trial.running();
      const needed = await trial.requests.artifactsOf([kept, retired, row.id, randomUUID()]);
      expect([...needed].sort()).toEqual(
        [
          [kept, 'kept'],
          [retired, null],
          [row.id, `${row.id}.1`],
        ].sort(),
      );
    });
  });
});
