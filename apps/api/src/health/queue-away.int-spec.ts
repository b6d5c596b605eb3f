import { jest } from '@jest/globals';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { type Person, RunningApi } from '../testing/running-api.js';
import { until } from '../testing/until.js';

const redis = new URL(process.env['TEST_REDIS_URL'] ?? '');
/** What Redis is behind, once it is there. */
const way = createServer((near) => {
  const far = connect(Number(redis.port), redis.hostname);
  for (const end of [near, far]) end.on('error', () => undefined);
  near.pipe(far).pipe(near);
});
const open = (server: Server, port: number) =>
  new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

let port: number;
let api: RunningApi;
let admin: Person;
const printed = jest.spyOn(console, 'error').mockImplementation(() => undefined);

beforeAll(async () => {
  await open(way, 0);
  ({ port } = way.address() as AddressInfo);
  await new Promise((resolve) => way.close(resolve));
  // `localhost` may have two addresses, which fail with an error of several.
  api = await RunningApi.start({ REDIS_URL: `redis://localhost:${String(port)}`, EXPORT_MAX_QUEUED: '100000' });
  admin = await api.person('SUPER_ADMIN');
});
afterAll(async () => {
  printed.mockRestore();
  await api.stop();
  way.close();
});

const ask = () => api.call('post', '/admin/db/export', admin).send({}).expect(202);
const lines = (words: string) => api.log.filter((line) => line.includes(words));

it('an API that starts while Redis is away says so in one sentence, and keeps what it is asked for until it is back', async () => {
  await until('the sentence', () => lines('The queue is away').length > 0);
  expect(lines('The queue is away')[0]).toMatch(/away \(.*ECONNREFUSED.*\)\. Exports that are asked for are kept, and/);
  expect(printed.mock.calls).toEqual([]);
  expect((await ask()).body.status).toBe('queued');
  expect((await api.call('get', '//health/ready').expect(503)).body.parts).toMatchObject({ queue: 'down' });

  await open(way, port);
  await until('the queue is back', async () => {
    await ask();
    return lines('The queue is back').length > 0;
  });
  expect(lines('The queue is away')).toHaveLength(1);
  expect((await api.call('get', '//health/ready')).body.parts).toMatchObject({ queue: 'up' });
});
