import { STORE_MARKER } from '#lib/artifacts';
import { WorkerRoll } from '#lib/database';
import { execFileSync } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

let api: RunningApi;

beforeAll(async () => {
  api = await RunningApi.start();
});
afterAll(() => api.stop());
beforeEach(() => api.app.get(WorkerRoll).report('worker-1', []));

async function ready(): Promise<{ status: number; body: unknown }> {
  const { status, body } = await api.call('get', '//health/ready');
  return { status, body };
}

const UP = { database: 'up', queue: 'up', worker: 'up', storage: 'up' };

it('is live as soon as it answers, with nothing else to say', async () => {
  const { body } = await api.call('get', '//health/live').expect(200);

  expect(body).toEqual({ status: 'up' });
});

it('is ready when every part is up', async () => {
  expect(await ready()).toEqual({ status: 200, body: { status: 'up', parts: UP, workers: 1 } });
});

it('is not ready without a worker seen in the last 30 s', async () => {
  const seen = (seconds: number) =>
    api.database.sql('UPDATE pgexport.workers SET seen_at = now() - make_interval(secs => $1)', [seconds]);

  await seen(29);
  expect((await ready()).status).toBe(200);
  await seen(31);
  expect(await ready()).toEqual({
    status: 503,
    body: { status: 'down', parts: { ...UP, worker: 'down' }, workers: 0 },
  });
});

it('counts the workers, and says nothing of who they are', async () => {
  await api.app.get(WorkerRoll).report('host-of-ours/4711', []);
  const { body } = await ready();
  await api.app.get(WorkerRoll).leave('host-of-ours/4711');
  expect(body).toEqual({ status: 'up', parts: UP, workers: 2 });
});

it('is not ready without the folder of the files', async () => {
  const { storageDir } = api.config;
  await rename(storageDir, `${storageDir}-away`);
  try {
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'down', parts: { ...UP, storage: 'down' }, workers: 1 },
    });
  } finally {
    await rename(`${storageDir}-away`, storageDir);
  }
});

it('is not ready while the folder of the files hangs, says so in time, and asks it once', async () => {
  const marker = join(api.config.storageDir, STORE_MARKER);
  await rename(marker, `${marker}.away`);
  // Whoever opens a FIFO to read waits for a writer, as one waits for a share whose server is away.
  execFileSync('mkfifo', [marker]);
  try {
    const answers = await Promise.all(Array.from({ length: 8 }, ready));
    expect(answers).toEqual(
      Array(8).fill({ status: 503, body: { status: 'down', parts: { ...UP, storage: 'down' }, workers: 1 } }),
    );
    // Each question would have held one of the four threads that read files.
    expect(await readFile(`${marker}.away`, 'utf8')).toMatch(/^[0-9a-f-]{36}$/m);
  } finally {
    await (await open(marker, 'w')).close();
    await rename(`${marker}.away`, marker);
  }
  await until('it is there again', async () => (await ready()).status === 200);
});

it('is not ready without the queue', async () => {
  await api.database.sql('ALTER SCHEMA pgexport_queue RENAME TO queue_away');
  try {
    expect(await ready()).toEqual({
      status: 503,
      body: { status: 'down', parts: { ...UP, queue: 'down' }, workers: 1 },
    });
  } finally {
    await api.database.sql('ALTER SCHEMA queue_away RENAME TO pgexport_queue');
  }
});

it('is asked of the process, never of a cache', async () => {
  expect((await api.call('get', '//health/ready')).headers['cache-control']).toBe('no-store');
});
