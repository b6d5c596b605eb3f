import { cookieOf, PASSWORD, RunningApi } from '../testing/running-api.js';

/** The application believes the header, so that a test can come from anywhere. */
const BEHIND_PROXY = { TRUST_PROXY: '1' };

let api: RunningApi;
let email: string;

beforeAll(async () => {
  api = await RunningApi.start(BEHIND_PROXY);
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.sql('DELETE FROM pgexport.login_failures');
  email = (await api.account('SUPER_ADMIN')).email;
});

function login(password: string, from = '203.0.113.7', account = email, server = api) {
  return server.call('post', '/auth/login').set('X-Forwarded-For', from).send({ email: account, password });
}

async function guess(times: number, from?: string): Promise<void> {
  for (let guesses = 0; guesses < times; guesses++) await login('wrong', from).expect(401);
}

/** The waiting time goes by. */
async function wait(): Promise<void> {
  await api.database.sql('UPDATE pgexport.login_failures SET closed_until = now()');
}

it('answers 429 with the time to wait after five wrong passwords, even to the right one', async () => {
  await guess(5);

  const { status, headers, body } = await login(PASSWORD);

  expect({ status, code: body.code, wait: headers['retry-after'] }).toEqual({
    status: 429,
    code: 'too_many_attempts',
    wait: '1',
  });
});

it('doubles the wait with each further guess, up to a quarter of an hour', async () => {
  await guess(5);
  const waits: number[] = [];
  for (let further = 0; further < 12; further++) {
    waits.push(Number((await login('wrong').expect(429)).headers['retry-after']));
    await wait();
    await login('wrong').expect(401);
  }

  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

it('lets the right password in once the wait is over, and begins to count anew', async () => {
  await guess(5);
  await wait();

  await login(PASSWORD).expect(200);
  await guess(5);
});

it('forgets the guesses of the day before yesterday', async () => {
  await guess(7).catch(() => undefined);
  await api.database.sql(
    `UPDATE pgexport.login_failures SET last_at = now() - interval '2 days', closed_until = now()`,
  );

  await guess(5);
});

it('keeps nobody out of the account who comes from another address', async () => {
  await guess(5, '198.51.100.1');

  await login(PASSWORD, '198.51.100.1').expect(429);
  await login(PASSWORD, '203.0.113.7').expect(200);
});

it('keeps nobody at the same address out of another account', async () => {
  await guess(5);

  await login(PASSWORD, undefined, (await api.account('OPS')).email).expect(200);
});

it('counts one network of IPv6 as one address, and one account however it is written', async () => {
  for (const host of ['1', '2', '3', '4', '5']) {
    await login('wrong', `2001:db8:1:2::${host}`, email.toUpperCase()).expect(401);
  }

  await login('wrong', '2001:db8:1:2::6').expect(429);
});

it('treats an account that does not exist alike', async () => {
  for (let guesses = 0; guesses < 5; guesses++) await login('wrong', undefined, 'nobody@example.com').expect(401);

  await login('wrong', undefined, 'nobody@example.com').expect(429);
});

it('counts guesses one by one that are sent side by side', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => login('wrong')));

  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(25);
});

it('holds for the step-up as well', async () => {
  const { bearer } = await api.signIn(email);
  const stepUp = (password: string) =>
    api.call('post', '/auth/step-up').set('Authorization', bearer).send({ password });
  for (let guesses = 0; guesses < 5; guesses++) await stepUp('wrong').expect(401);

  expect((await stepUp(PASSWORD)).status).toBe(429);
});

it('never slows down anything else', async () => {
  const person = await api.signIn(email);
  await guess(6).catch(() => undefined);

  await api.call('get', '/auth/me', person).set('X-Forwarded-For', '203.0.113.7').expect(200);
  await api
    .call('post', '/auth/refresh')
    .set('X-Forwarded-For', '203.0.113.7')
    .set('Cookie', person.cookie)
    .expect(200);
});

describe('refreshing a session', () => {
  const refresh = (cookie: string, from = '203.0.113.7') =>
    api.call('post', '/auth/refresh').set('X-Forwarded-For', from).set('Cookie', cookie);

  async function fail(cookie: string): Promise<void> {
    for (let attempts = 0; attempts < 10; attempts++) await refresh(cookie).expect(401);
  }

  it('is slowed down for tokens that were made up, and for them alone', async () => {
    const { cookie } = await api.signIn(email);
    await fail('pgx_refresh=made.up');

    const { headers, body } = await refresh('pgx_refresh=another').expect(429);
    expect([body.code, headers['retry-after']]).toEqual(['too_many_attempts', '1']);
    await refresh('pgx_refresh=made.up', '198.51.100.1').expect(401);
    await refresh(cookie).expect(200);
  });

  it('is slowed down for a session that has ended', async () => {
    const person = await api.signIn(email);
    await api.call('post', '/auth/logout', person).expect(204);
    await fail(person.cookie);

    await refresh(person.cookie).expect(429);
  });

  it('is no attempt without a cookie', async () => {
    for (let visits = 0; visits < 12; visits++) await refresh('').expect(401);
  });

  it('goes on in as many tabs and as often as anybody likes', async () => {
    let { cookie } = await api.signIn(email);
    for (let minutes = 0; minutes < 12; minutes++) {
      const { headers } = await refresh(cookie).expect(200);
      cookie = cookieOf(headers['set-cookie']);
    }
    const tabs = await Promise.all(Array.from({ length: 30 }, () => refresh(cookie)));

    expect(tabs.map(({ status }) => status)).toEqual(Array(30).fill(200));
  });
});

it('keeps no e-mail address of whoever tried', async () => {
  await guess(1);

  expect(JSON.stringify(await api.database.sql('SELECT * FROM pgexport.login_failures'))).not.toContain(email);
});

// The last one: Passport has one list of strategies a process, so the second application takes the first one's place.
it('is not forgotten by a restart, nor by a second process', async () => {
  await guess(3);
  const other = await api.beside(BEHIND_PROXY);
  try {
    for (let guesses = 0; guesses < 2; guesses++) await login('wrong', undefined, email, other).expect(401);
    await login(PASSWORD).expect(429);
  } finally {
    await other.leave();
  }
});
