import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ThrowawayRedis } from '../scripts/test/throwaway-redis.ts';
import { Client, type Export } from './support/client.ts';
import { until } from './support/condition.ts';
import { findByCommand } from './support/process-table.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const source = 'e2e_faults';
/** A worker is silent for 20 s before its export is given to another one. */
const takeOverMilliseconds = 60_000;

let folder: string;
let locker: pg.Client;
/** Looks on from outside the locker's transaction, which would see the same picture for ever. */
let watcher: pg.Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pg-export-faults-'));
  await administer(`DROP DATABASE IF EXISTS ${source}`);
  await administer(`CREATE DATABASE ${source}`);
  locker = new pg.Client({ connectionString: databaseUrl(source) });
  watcher = new pg.Client({ connectionString: databaseUrl(source) });
  await Promise.all([locker.connect(), watcher.connect()]);
  await locker.query(`CREATE TABLE held (id integer);
    CREATE TABLE noise AS SELECT n, (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 300) AS m)
      FROM generate_series(1, 6000) AS n`);
}, 120_000);

afterAll(async () => {
  await Promise.all([locker.end(), watcher.end()]);
  await administer(`DROP DATABASE IF EXISTS ${source} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
});

/** From now on pg_dump waits in the middle of its work. */
const hold = () => locker.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
const letGo = () => locker.query('ROLLBACK');

/** The exports whose pg_dump is connected to the source. */
async function dumping(): Promise<string[]> {
  const { rows } = await watcher.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'pg-export/%'`,
    [source],
  );
  return rows.map(({ name }) => name.slice('pg-export/'.length));
}

/** Waits until pg_dump of the export stands before the lock. */
const untilHeld = (id: string) =>
  until(`export ${id} is held in pg_dump`, async () => {
    const { rows } = await watcher.query(
      `SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'`,
      [`pg-export/${id}`],
    );
    return rows.length > 0;
  });

const backends = ['PostgreSQL', 'Redis'] as const;

describe.each(backends)('with the queue on %s', (backend) => {
  let redis: ThrowawayRedis | undefined;
  let stack: Stack;
  let admin: Client;

  beforeAll(async () => {
    redis = backend === 'Redis' ? await ThrowawayRedis.start(folder) : undefined;
    stack = await Stack.start({
      sources: { main: databaseUrl(source) },
      redisUrl: redis?.url,
      workers: 2,
      env: { EXPORT_LOCK_TIMEOUT_SECONDS: '600', SHUTDOWN_GRACE_SECONDS: '1', EXPORT_MAX_QUEUED: '30' },
    });
    admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    await redis?.stop();
  });
  afterEach(letGo);

  const ask = async (body: Record<string, unknown> = {}): Promise<string> => {
    const answer = await admin.call('POST', '/admin/db/export', body);
    expect(answer.status).toBe(202);
    return ((await answer.json()) as Export).id;
  };

  const askAndHold = async (body: Record<string, unknown> = {}): Promise<string> => {
    await hold();
    const id = await ask(body);
    await untilHeld(id);
    return id;
  };

  /** The process that has the export, if one has. */
  const holderOf = async (id: string) => {
    const [row] = await stack.sql<{ worker: string }>(
      `SELECT coalesce(worker_id, '') AS worker FROM pgexport.exports WHERE id = $1`,
      [id],
    );
    return stack.workers.find(({ pid }) => row?.worker.includes(`/${String(pid)}/`));
  };
  const workerOf = async (id: string) => {
    const worker = await holderOf(id);
    if (worker === undefined) throw new Error(`Nobody has export ${id}.`);
    return worker;
  };

  /** The promise of a `ready` export: its file is there, and is the one that was promised. */
  const expectWhole = async (ready: Export) => {
    expect(ready).toMatchObject({ status: 'ready', error: null });
    expect(await admin.download(ready.id, join(folder, 'file'))).toBe(ready.file?.sha256);
  };

  it('an export whose worker is killed runs again, and nothing of the first run is left', async () => {
    // Its throwaway server is up already, and waits for the file.
    const id = await askAndHold({ verify: 'restore' });
    const worker = await workerOf(id);
    expect(findByCommand(`${id}.1.proof`).length).toBeGreaterThan(0);
    worker.kill('SIGKILL');
    await worker.exited;
    await until('its backends are gone', async () => (await dumping()).length === 0, 10_000);
    await until('its server is gone', () => findByCommand(`${id}.1.proof`).length === 0, 10_000);
    await until(
      'another worker has taken it',
      async () => (await admin.export(id)).attempts === 2,
      takeOverMilliseconds,
    );
    await letGo();

    const ready = await admin.untilFinal(id);
    await expectWhole(ready);
    expect(ready).toMatchObject({ attempts: 2, file: { proof: { kind: 'restore', rows: 6000 } } });
    expect((await stack.files()).partial).toEqual([]);
    expect((await readdir('/var/lib/pg-export/proofs').catch(() => [])).filter((name) => name.includes(id))).toEqual(
      [],
    );
    stack.launchWorker();
  });

  it('a worker that was only frozen cannot touch what its successor makes', async () => {
    const id = await askAndHold();
    const frozen = await workerOf(id);
    frozen.kill('SIGSTOP');
    await until(
      'another worker has taken it',
      async () => (await admin.export(id)).attempts === 2,
      takeOverMilliseconds,
    );
    await untilHeld(id);
    frozen.kill('SIGCONT');
    await until(
      'the frozen one has given up',
      () => stack.log.includes(`Export ${id} stops: superseded`) || givenUp(id),
    );
    await letGo();
    const ready = await admin.untilFinal(id);

    await expectWhole(ready);
    expect(ready.attempts).toBe(2);
    await until('its file is gone', async () => (await stack.files()).partial.length === 0);
    for (const other of stack.workers.filter((worker) => worker !== frozen)) {
      other.kill('SIGTERM');
      await other.exited;
    }
    await expectWhole(await admin.exportToTheEnd({}));
    stack.launchWorker();
  });

  /** Whether the first of two attempts has said why it ended. */
  const givenUp = (id: string) => new RegExp(`Export ${id}( failed|: \\w+, again)`).test(stack.log);

  it('exports whose jobs the queue has lost run all the same, one after the other, each once', async () => {
    const held = await askAndHold();
    const ids = [held, await ask(), await ask(), await ask()];
    if (redis === undefined) await stack.sql('TRUNCATE pgexport_queue.job CASCADE');
    else await redis.say('FLUSHALL');
    await letGo();

    const ended = await Promise.all(ids.map((id) => admin.untilFinal(id)));
    for (const ready of ended) await expectWhole(ready);
    expect(ended.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1]);
    const times = ended.flatMap(({ startedAt, finishedAt }) => [startedAt ?? '', finishedAt ?? '']);
    expect(times).toEqual(times.toSorted());
  });

  it('a worker that is told to leave hands its export over, and the attempt does not count', async () => {
    const id = await askAndHold();
    const leaver = await workerOf(id);
    leaver.kill('SIGTERM');
    await leaver.exited;
    await until('another worker has it', async () => ![undefined, leaver].includes(await holderOf(id)));
    await letGo();
    stack.launchWorker();

    const ready = await admin.untilFinal(id);
    await expectWhole(ready);
    expect(ready.attempts).toBe(1);
  });

  it('an outage of the own database fails requests for its time, and no export', async () => {
    const id = await askAndHold();
    await stack.cutDatabase();
    const answer = await admin.call('POST', '/admin/db/export', {});
    expect([answer.status, answer.headers.get('retry-after') === null]).toEqual([503, false]);
    await letGo();
    await stack.mendDatabase();
    await stack.untilReady();

    const ready = await admin.untilFinal(id);
    await expectWhole(ready);
    expect((await stack.sql('SELECT FROM pgexport.exports WHERE status NOT IN ($1)', ['ready'])).length).toBe(0);
  });

  it('a download that an API crash cuts is resumed where it stopped', async () => {
    const { id, file } = await admin.exportToTheEnd({});
    const cut = await admin.call('GET', `/admin/db/export/${id}/file`);
    const hash = createHash('sha256');
    let received = 0;
    const reading = (async () => {
      for await (const chunk of cut.body as unknown as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        if (received === 0) await stack.killApi();
        received += chunk.length;
      }
    })();
    await expect(reading).rejects.toThrow();
    expect(received).toBeLessThan(file?.sizeBytes ?? 0);
    stack.launchApi();
    await stack.untilReady();

    const range = { Range: `bytes=${String(received)}-`, 'If-Range': cut.headers.get('etag') ?? '' };
    const rest = await admin.call('GET', `/admin/db/export/${id}/file`, undefined, range);
    expect(rest.status).toBe(206);
    hash.update(new Uint8Array(await rest.arrayBuffer()));
    expect(hash.digest('hex')).toBe(file?.sha256);
  });

  it('two hundred clicks at once are one export with one key, and as many as the queue takes with as many', async () => {
    await askAndHold();
    const click = (key: string) => admin.call('POST', '/admin/db/export', {}, { 'Idempotency-Key': key });
    const key = randomUUID();
    const same = await Promise.all(Array.from({ length: 200 }, () => click(key)));
    const ids = await Promise.all(same.map(async (answer) => ((await answer.json()) as Export).id));
    expect(new Set(same.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(ids).size).toBe(1);

    const others = await Promise.all(Array.from({ length: 200 }, () => click(randomUUID())));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([202, 429]));
    const [count] = await stack.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM pgexport.exports WHERE status = 'queued'",
    );
    expect(count?.n).toBe(30);
    await stack.sql("UPDATE pgexport.exports SET status = 'cancelled' WHERE status = 'queued'");
  });

  if (backend === 'Redis') {
    it('a Redis that is killed and comes back empty costs no accepted export', async () => {
      const held = await askAndHold();
      const waiting = await ask();
      await redis?.stop('SIGKILL');
      const meanwhile = await admin.call('POST', '/admin/db/export', {});
      expect([202, 503]).toContain(meanwhile.status);
      const accepted = meanwhile.status === 202 ? [((await meanwhile.json()) as Export).id] : [];
      await redis?.start();
      await letGo();

      for (const id of [held, waiting, ...accepted]) await expectWhole(await admin.untilFinal(id));
    });
  }
});
