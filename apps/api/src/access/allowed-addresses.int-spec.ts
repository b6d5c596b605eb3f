import { PASSWORD, RunningApi } from '../testing/running-api.js';
import { RefusalTally } from '../audit/refusal-tally.js';

let api: RunningApi;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '1', ADMIN_ALLOWED_CIDRS: '10.1.0.0/16, 127.0.0.1,2001:db8::/32' });
});
afterAll(() => api.stop());

it.each([
  ['10.1.2.3', 401],
  ['2001:db8::7', 401],
  ['::ffff:10.1.2.3', 401],
  ['10.2.0.1', 403],
  ['2001:db9::7', 403],
  ['nonsense', 403],
])('a request from %s is answered %i', async (address, status) => {
  await api.call('get', '/auth/me').set('X-Forwarded-For', address).expect(status);
});

it('lets nobody sign in from elsewhere, not even with the right password, and counts it', async () => {
  const { email } = await api.account('SUPER_ADMIN');
  const { body, headers } = await api
    .call('post', '/auth/login')
    .set('X-Forwarded-For', '203.0.113.5')
    .send({ email, password: PASSWORD })
    .expect(403);

  expect({ code: body.code, type: headers['content-type'] }).toEqual({
    code: 'forbidden',
    type: expect.stringContaining('application/problem+json'),
  });
  await api.app.get(RefusalTally).write();
  const counts = await api.database.sql(`SELECT code FROM pgexport.refusal_counts WHERE address = '203.0.113.5'`);
  expect(counts).toEqual([{ code: 'forbidden' }]);
});

it('does not believe a client that adds an address of its own in front', async () => {
  await api.call('get', '/auth/me').set('X-Forwarded-For', '10.1.2.3, 203.0.113.5').expect(403);
});

it('answers the health checks of a load balancer wherever it is', async () => {
  await api.call('get', '//health/live').set('X-Forwarded-For', '203.0.113.5').expect(200);
});

it('gives a slow client a bounded time for its request, and none for the answer', () => {
  const { headersTimeout, requestTimeout, timeout } = api.app.getHttpServer();

  expect({ headersTimeout, requestTimeout, timeout }).toEqual({
    headersTimeout: 15_000,
    requestTimeout: 60_000,
    timeout: 0,
  });
});
