import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { type Export } from './support/client.ts';
import { until } from './support/condition.ts';
import { BACKENDS, FaultTrial } from './support/fault-trial.ts';
import { findByCommand } from './support/process-table.ts';

/** The short form, which is part of `npm test`; the other faults are in the *.fault-spec.ts. */
describe.each(BACKENDS)('with the queue on %s', (backend) => {
  let trial: FaultTrial;

  beforeAll(async () => {
    trial = await FaultTrial.start(backend);
  }, 120_000);
  afterAll(() => trial.stop());
  afterEach(() => trial.letGo());

  it('an export whose worker is killed runs again, and nothing of the first run is left', async () => {
    // Its throwaway server is up already, and waits for the file.
    const id = await trial.askAndHold({ verify: 'restore' });
    const worker = await trial.workerOf(id);
    expect(findByCommand(`${id}.1.proof`).length).toBeGreaterThan(0);
    worker.kill('SIGKILL');
    await worker.exited;
    await until('its backends are gone', async () => (await trial.dumping()).length === 0);
    await until('its server is gone', () => findByCommand(`${id}.1.proof`).length === 0);
    await trial.untilAttempt(id, 2);
    await trial.letGo();

    const ready = await trial.admin.untilFinal(id);
    await trial.expectWhole(ready);
    expect(ready).toMatchObject({ attempts: 2, file: { proof: { kind: 'restore', rows: 6000 } } });
    expect((await trial.stack.files()).partial).toEqual([]);
    expect((await readdir('/var/lib/pg-export/proofs').catch(() => [])).filter((name) => name.includes(id))).toEqual(
      [],
    );
    trial.stack.launchWorker();
  });

  it('a worker that was only frozen cannot touch what its successor makes', async () => {
    const id = await trial.askAndHold();
    const frozen = await trial.workerOf(id);
    frozen.kill('SIGSTOP');
    await trial.untilAttempt(id, 2);
    await trial.untilHeld(id);
    frozen.kill('SIGCONT');
    await until(
      'the frozen one has given up',
      () => trial.stack.log.includes(`Export ${id} stops: superseded`) || givenUp(id),
    );
    await trial.letGo();
    const ready = await trial.admin.untilFinal(id);

    await trial.expectWhole(ready);
    expect(ready.attempts).toBe(2);
    await until('its file is gone', async () => (await trial.stack.files()).partial.length === 0);
    for (const other of trial.stack.workers.filter((worker) => worker !== frozen)) {
      other.kill('SIGTERM');
      await other.exited;
    }
    await trial.expectWhole(await trial.admin.exportToTheEnd({}));
    trial.stack.launchWorker();
  });

  /** Whether the first of two attempts has said why it ended. */
  const givenUp = (id: string) => new RegExp(`Export ${id}( failed|: \\w+, again)`).test(trial.stack.log);

  it('exports whose jobs the queue has lost run all the same, one after the other, each once', async () => {
    const held = await trial.askAndHold();
    const ids = [held, await trial.ask(), await trial.ask(), await trial.ask()];
    if (trial.redis === null) await trial.stack.sql('TRUNCATE pgexport_queue.job CASCADE');
    else await trial.redis.say('FLUSHALL');
    await trial.letGo();

    const ended = await Promise.all(ids.map((id) => trial.admin.untilFinal(id)));
    for (const ready of ended) await trial.expectWhole(ready);
    expect(ended.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    const times = ended.flatMap(({ startedAt, finishedAt }) => [startedAt ?? '', finishedAt ?? '']);
    expect(times).toEqual(times.toSorted());
  });

  it('a worker that is told to leave hands its export over, and the attempt does not count', async () => {
    const id = await trial.askAndHold();
    const leaver = await trial.workerOf(id);
    leaver.kill('SIGTERM');
    await leaver.exited;
    await until('another worker has it', async () => ![undefined, leaver].includes(await trial.holderOf(id)));
    await trial.letGo();
    trial.stack.launchWorker();

    const ready = await trial.admin.untilFinal(id);
    await trial.expectWhole(ready);
    expect(ready.attempts).toBe(1);
  });

  it('an outage of the own database fails requests for its time, and no export', async () => {
    const id = await trial.askAndHold();
    await trial.stack.cutDatabase();
    const answer = await trial.admin.call('POST', '/admin/db/export', {});
    expect([answer.status, answer.headers.get('retry-after') === null]).toEqual([503, false]);
    await trial.letGo();
    await trial.stack.mendDatabase();
    await trial.stack.untilReady();

    const ready = await trial.admin.untilFinal(id);
    await trial.expectWhole(ready);
    expect((await trial.stack.sql('SELECT FROM pgexport.exports WHERE status NOT IN ($1)', ['ready'])).length).toBe(0);
  });

  it('a download that an API crash cuts is resumed where it stopped', async () => {
    const { id, file } = await trial.admin.exportToTheEnd({});
    const cut = await trial.admin.call('GET', `/admin/db/export/${id}/file`);
    const hash = createHash('sha256');
    let received = 0;
    const reading = (async () => {
      for await (const chunk of cut.body as unknown as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        if (received === 0) await trial.stack.killApi();
        received += chunk.length;
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(received).toBeLessThan(file?.sizeBytes ?? 0);
    trial.stack.launchApi();
    await trial.stack.untilReady();

    const range = { Range: `bytes=${String(received)}-`, 'If-Range': cut.headers.get('etag') ?? '' };
    const rest = await trial.admin.call('GET', `/admin/db/export/${id}/file`, undefined, range);
    expect(rest.status).toBe(206);
    hash.update(new Uint8Array(await rest.arrayBuffer()));
    expect(hash.digest('hex')).toBe(file?.sha256);
  });

  it('two hundred clicks at once are one export with one key, and as many as the queue takes with as many', async () => {
    await trial.askAndHold();
    const click = (key: string) => trial.admin.call('POST', '/admin/db/export', {}, { 'Idempotency-Key': key });
    const key = randomUUID();
    const same = await Promise.all(Array.from({ length: 200 }, () => click(key)));
    const ids = await Promise.all(same.map(async (answer) => ((await answer.json()) as Export).id));
    expect(new Set(same.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(ids).size).toBe(1);

    const others = await Promise.all(Array.from({ length: 200 }, () => click(randomUUID())));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([202, 429]));
    const [count] = await trial.stack.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM pgexport.exports WHERE status = 'queued'",
    );
    expect(count?.n).toBe(30);
    await trial.stack.sql("UPDATE pgexport.exports SET status = 'cancelled' WHERE status = 'queued'");
  });

  if (backend === 'Redis') {
    it('a Redis that is killed and comes back empty costs no accepted export', async () => {
      const held = await trial.askAndHold();
      const waiting = await trial.ask();
      await trial.redis?.stop('SIGKILL');
      const meanwhile = await trial.admin.call('POST', '/admin/db/export', {});
      expect([202, 503]).toContain(meanwhile.status);
      const accepted = meanwhile.status === 202 ? [((await meanwhile.json()) as Export).id] : [];
      await trial.redis?.start();
      await trial.letGo();

      for (const id of [held, waiting, ...accepted]) await trial.expectWhole(await trial.admin.untilFinal(id));
    });
  }
});
