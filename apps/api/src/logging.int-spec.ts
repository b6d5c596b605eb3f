import { RunningApi } from './testing/running-api.js';
import { until } from './testing/until.js';

let api: RunningApi;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '1' });
});
afterAll(() => api.stop());

interface Line {
  req?: { id: string; remoteAddress: string };
  res?: { statusCode: number };
}

/** The line of a request that was answered. */
function lineOf(correlationId: string): Line | undefined {
  return api.log
    .map((line) => JSON.parse(line) as Line)
    .find(({ req, res }) => res !== undefined && req?.id === correlationId);
}

it('a request is logged with the address of the client that a trusted proxy names', async () => {
  await api
    .call('get', '/auth/me')
    .set('X-Correlation-Id', 'from-afar')
    .set('X-Forwarded-For', '203.0.113.7')
    .expect(401);

  await until('a line in the log', () => lineOf('from-afar') !== undefined);
  expect(lineOf('from-afar')?.req?.remoteAddress).toBe('203.0.113.7');
});

it('a status that is polled successfully is not logged, one that is refused is', async () => {
  const admin = await api.person('SUPER_ADMIN');
  const { id } = await api.queued(admin);
  const poll = (correlationId: string, of = id) =>
    api.call('get', `/admin/db/export/${of}`, admin).set('X-Correlation-Id', correlationId);
  const { headers } = await poll('poll-200').expect(200);
  await poll('poll-304').set('If-None-Match', String(headers['etag'])).expect(304);
  await poll('poll-404', admin.id).expect(404);
  await api.call('get', '/admin/db/export', admin).set('X-Correlation-Id', 'list').expect(200);

  await until('a line in the log', () => lineOf('list') !== undefined);
  expect(['poll-200', 'poll-304', 'poll-404', 'list'].filter((each) => lineOf(each) !== undefined)).toEqual([
    'poll-404',
    'list',
  ]);
});
