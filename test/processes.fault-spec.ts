import pg from 'pg';
import type { Export } from './support/client.ts';
import { until } from './support/condition.ts';
import { BACKENDS, FaultTrial, TAKE_OVER_MILLISECONDS } from './support/fault-trial.ts';

const EXIT_CONFIG = 78;

describe.each(BACKENDS)('processes that come and go, with the queue on %s', (backend) => {
  let trial: FaultTrial;

  beforeAll(async () => {
    trial = await FaultTrial.start(backend);
  }, 120_000);
  afterAll(() => trial.stop());
  afterEach(() => trial.letGo());

  it('an export over which three workers die is interrupted, and its place is free for the next', async () => {
    const id = await trial.askAndHold();
    const next = await trial.ask();
    for (const attempt of [1, 2, 3]) {
      await trial.untilAttempt(id, attempt);
      await trial.untilHeld(id);
      const worker = await trial.workerOf(id);
      trial.stack.launchWorker();
      worker.kill('SIGKILL');
      await worker.exited;
    }
    await until(
      'it has failed',
      async () => (await trial.admin.export(id)).status === 'failed',
      TAKE_OVER_MILLISECONDS,
    );
    await trial.letGo();

    expect(await trial.admin.export(id)).toMatchObject({ attempts: 3, error: { code: 'interrupted' } });
    await trial.wholeInTheEnd(next);
    expect(await trial.dumping()).toEqual([]);
  });

  it('a rolling restart of two workers costs no export an attempt', async () => {
    const ids = [];
    for (let count = 0; count < 6; count += 1) ids.push(await trial.ask());
    for (const old of trial.stack.livingWorkers) {
      trial.stack.launchWorker();
      old.kill('SIGTERM');
      expect(await old.exited).toMatchObject({ signal: 'SIGTERM' });
    }
    const ended = await Promise.all(ids.map((id) => trial.wholeInTheEnd(id)));
    expect(ended.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('a worker that has time enough finishes its export before it leaves', async () => {
    const others = trial.stack.livingWorkers;
    for (const worker of others) worker.kill('SIGSTOP');
    const patient = trial.stack.launchWorker({ env: { SHUTDOWN_GRACE_SECONDS: '120' } });
    const id = await trial.askAndHold();
    patient.kill('SIGTERM');
    await trial.letGo();

    expect(await patient.exited).toMatchObject({ signal: 'SIGTERM' });
    for (const worker of others) worker.kill('SIGCONT');
    expect(await trial.wholeInTheEnd(id)).toMatchObject({ attempts: 1 });
  });

  it('an export whose API died between the row and the queue runs all the same', async () => {
    const id = await askAndLoseTheJob();
    trial.stack.launchApi();
    await trial.stack.untilReady();
    await trial.wholeInTheEnd(id);
  });

  /** The API is killed when the row is written and the queue has not heard of it. */
  async function askAndLoseTheJob(): Promise<string> {
    if (trial.redis !== null) {
      await trial.redis.stop('SIGKILL');
      const id = await trial.ask();
      await trial.stack.killApi();
      await trial.redis.start();
      return id;
    }
    const blocker = new pg.Client({ connectionString: trial.stack.ownUrl });
    await blocker.connect();
    await blocker.query('BEGIN; LOCK TABLE pgexport_queue.job IN ACCESS EXCLUSIVE MODE');
    const id = await trial.ask();
    await trial.stack.killApi();
    await trial.stack.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await blocker.end();
    return id;
  }

  it('a client that follows an export over a crash of the API hears of its end', async () => {
    const id = await trial.askAndHold();
    const first = await trial.admin.call('GET', `/admin/db/export/${id}/events`);
    const reader = (first.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await trial.stack.killApi();
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow();
    await trial.letGo();
    trial.stack.launchApi();
    await trial.stack.untilReady();

    const rest = await (await trial.admin.call('GET', `/admin/db/export/${id}/events`)).text();
    const last = JSON.parse(/.*^data: (.*)$/ms.exec(rest)?.[1]?.split('\n')[0] ?? '{}') as Export;
    expect(last).toMatchObject({ id, status: 'ready' });
  });

  it.each(['API', 'worker'] as const)('one %s on another store than the others refuses to start', async (what) => {
    const elsewhere = { env: { STORAGE_URL: `file://${trial.folder}/elsewhere` } };
    const wrong =
      what === 'worker'
        ? trial.stack.launchWorker(elsewhere)
        : trial.stack.launchApi({ env: { ...elsewhere.env, PORT: '0' } }, 1);
    expect(await wrong.exited).toMatchObject({ code: EXIT_CONFIG });
    expect(trial.stack.log).toContain(`STORAGE_URL leads to ${trial.folder}/elsewhere, which is not marked as a store`);
    // Its words are a sentence for whoever has started it, and come without what it logged until then.
    expect(trial.stack.log).not.toMatch(/\[Nest\]|ExceptionHandler/);
  });

  it('health says how many workers there are, and that there is none', async () => {
    const health = async () => {
      const answer = await fetch(`${trial.stack.url}/health/ready`);
      const body = (await answer.json()) as { workers: number; parts: { worker: string } };
      return { ...body, status: answer.status };
    };
    await until(
      'both are seen',
      async () => (await health()).workers >= trial.stack.livingWorkers.length,
      TAKE_OVER_MILLISECONDS,
    );
    for (const worker of trial.stack.livingWorkers) worker.kill('SIGKILL');
    await until('none is seen', async () => (await health()).workers === 0, TAKE_OVER_MILLISECONDS);
    expect(await health()).toMatchObject({ status: 503, parts: { worker: 'down' } });
    trial.stack.launchWorker();
    await trial.stack.untilReady();
  });
});
