import { mkdtemp, rm } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresCluster } from '../scripts/postgres/cluster.ts';
import { throwawayCluster } from '../scripts/test/throwaway-cluster.ts';
import { until } from './support/condition.ts';
import { BACKENDS, FaultTrial } from './support/fault-trial.ts';

const CLIENTS = 20;
/** Longer than the silence after which a worker is given up. */
const OUTAGE_MILLISECONDS = 30_000;

describe.each(BACKENDS)("pg-export's own PostgreSQL, with the queue on %s", (backend) => {
  let folder: string;
  let own: PostgresCluster;
  let trial: FaultTrial;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-own-'));
    chmodSync(folder, 0o711);
    // What was committed must be there after a crash of the server.
    own = await throwawayCluster(join(folder, 'postgres'), { synchronous_commit: 'on' }, () => undefined);
    await own.start();
    trial = await FaultTrial.start(backend, { server: own.url() });
  }, 120_000);
  afterAll(async () => {
    await trial.stop();
    await own.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => trial.letGo());

  it('crashes under load: requests fail with 503 for that time, and nothing lies', async () => {
    const held = await trial.askAndHold();
    const statuses = new Map<number, number>();
    const accepted: string[] = [];
    let isOver = false;
    const clients = Array.from({ length: CLIENTS }, async (_, index) => {
      while (!isOver) {
        const asks = index % 5 === 0;
        const answer = await (asks
          ? trial.admin.call('POST', '/admin/db/export', {})
          : trial.admin.call('GET', `/admin/db/export/${held}`));
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const body = (await answer.json()) as { id: string };
        if (answer.status === 202) accepted.push(body.id);
        if (answer.status === 503) expect(answer.headers.get('retry-after')).not.toBeNull();
      }
    });
    await until('requests are answered', () => (statuses.get(200) ?? 0) > CLIENTS);
    await own.crash();
    await until('requests fail', () => (statuses.get(503) ?? 0) > CLIENTS);
    const before = statuses.get(200) ?? 0;
    await own.start();
    await until('requests are answered again', () => (statuses.get(200) ?? 0) > before + CLIENTS);
    isOver = true;
    await Promise.all(clients);
    await trial.letGo();

    expect([...statuses.keys()].filter((status) => ![200, 202, 429, 503].includes(status))).toEqual([]);
    for (const id of [held, ...accepted]) expect(await trial.wholeInTheEnd(id)).toMatchObject({ attempts: 1 });
    const [count] = await trial.stack.sql<{ n: number }>('SELECT count(*)::int AS n FROM pgexport.exports');
    expect(count?.n).toBe(accepted.length + 1);
  });

  it('is away for longer than a worker may be silent: a healthy run is not taken from its worker', async () => {
    const id = await trial.askAndHold();
    const begin = Date.now();
    await own.crash();
    await until('it was away for long', () => Date.now() - begin > OUTAGE_MILLISECONDS, 2 * OUTAGE_MILLISECONDS);
    await own.start();
    await trial.stack.untilReady();
    await trial.letGo();

    expect(await trial.wholeInTheEnd(id)).toMatchObject({ attempts: 1 });
  });

  it('is away: a worker that is told to leave leaves', async () => {
    const leaver = trial.stack.launchWorker();
    await until('it is there', async () => {
      const rows = await trial.stack.sql(`SELECT FROM pgexport.workers WHERE id LIKE '%/${String(leaver.pid)}/%'`);
      return rows.length > 0;
    });
    await own.crash();
    leaver.kill('SIGTERM');
    await leaver.exited;
    await own.start();
    await trial.stack.untilReady();
  });
});
