import { Authenticator } from '../testing/authenticator.js';
import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let person: Person;

beforeAll(async () => {
  api = await RunningApi.start({ TRUST_PROXY: '1' });
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.sql('DELETE FROM pgexport.login_failures');
  person = await api.person('SUPER_ADMIN');
});

const begin = () => api.call('post', '/auth/totp', person);
const confirm = (code: string) => api.call('post', '/auth/totp/confirm', person).send({ code });
const state = async () => (await api.call('get', '/auth/totp', person).expect(200)).body as unknown;
const login = (totp?: string, password = PASSWORD) =>
  api.call('post', '/auth/login').send({ email: person.email, password, ...(totp === undefined ? {} : { totp }) });
const stepUp = (body: object) => api.call('post', '/auth/step-up', person).send(body);
const wait = () => Authenticator.wait(api, person);
const expire = () => api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour'`);

async function codeOf(answer: ReturnType<typeof login>): Promise<[number, string]> {
  const { status, body } = await answer;
  return [status, String(body.code)];
}

describe('setting up a second factor', () => {
  it('asks for no code before one has confirmed it', async () => {
    const { body, headers } = await begin().expect(201);

    expect(body).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      otpauthUrl: expect.stringMatching(/^otpauth:\/\/totp\/pg-export:/),
    });
    expect(headers['cache-control']).toBe('no-store');
    await login().expect(200);
    expect(await state()).toEqual({ enabled: false, since: null, recoveryCodesLeft: 0, required: false });
  });

  it('gives ten recovery codes, once', async () => {
    const { recoveryCodes } = await Authenticator.enrol(api, person);

    expect(recoveryCodes).toHaveLength(10);
    expect(await state()).toMatchObject({ enabled: true, since: expect.any(String), recoveryCodesLeft: 10 });
  });

  it('ends the sessions that were opened with the password alone, but for the one that does it', async () => {
    const other = await api.signIn(person.email);
    await Authenticator.enrol(api, person);

    await api.call('get', '/auth/me', other).expect(401);
    await api.call('get', '/auth/me', person).expect(200);
  });

  it('keeps neither the secret nor a recovery code in the database or the log as it is', async () => {
    const { body } = await begin();
    const { recoveryCodes } = await Authenticator.enrol(api, person);
    const rows = JSON.stringify([
      await api.database.sql('SELECT u::text FROM pgexport.users u'),
      await api.database.sql('SELECT c::text FROM pgexport.recovery_codes c'),
      api.log,
    ]);

    expect(rows).not.toContain(body.secret);
    for (const code of recoveryCodes) expect(rows).not.toContain(code.slice(0, 13));
  });

  it('refuses a wrong code, one of an earlier secret, and one without a secret', async () => {
    expect(await codeOf(confirm('123456'))).toEqual([409, 'totp_not_begun']);
    await begin();
    const { app } = await Authenticator.enrol(api, person);
    await api.call('delete', '/auth/totp', person).expect(204);
    await begin().expect(201);

    expect(await codeOf(confirm(app.code()))).toEqual([401, 'invalid_credentials']);
    await login().expect(200);
  });

  it('does not take the place of one that is on', async () => {
    const { app } = await Authenticator.enrol(api, person);

    expect(await codeOf(begin())).toEqual([409, 'totp_already_on']);
    expect(await codeOf(confirm(app.code()))).toEqual([409, 'totp_already_on']);
    await login(app.code()).expect(200);
  });

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', "1' OR 1"])(
    'refuses the code "%s" unread',
    async (code) => {
      await begin();
      expect(await codeOf(confirm(code))).toEqual([400, 'invalid_request']);
    },
  );

  it('asks for the password again, and so does taking it away', async () => {
    await begin().expect(201);
    await expire();

    expect(await codeOf(begin())).toEqual([403, 'step_up_required']);
    expect(await codeOf(confirm('123456'))).toEqual([403, 'step_up_required']);
    expect(await codeOf(api.call('delete', '/auth/totp', person))).toEqual([403, 'step_up_required']);
  });

  it('can be undone', async () => {
    const { recoveryCodes } = await Authenticator.enrol(api, person);
    await api.call('delete', '/auth/totp', person).expect(204);

    await login().expect(200);
    expect(await state()).toMatchObject({ enabled: false, recoveryCodesLeft: 0 });
    const again = await Authenticator.enrol(api, person);
    await login(recoveryCodes[0]).expect(401);
    await login(again.recoveryCodes[0]).expect(200);
  });
});

describe('signing in with a second factor', () => {
  let app: Authenticator;
  let recoveryCodes: string[];
  beforeEach(async () => {
    ({ app, recoveryCodes } = await Authenticator.enrol(api, person));
  });

  it('asks for the code after the right password, and only then', async () => {
    expect(await codeOf(login())).toEqual([401, 'totp_required']);
    expect(await codeOf(login(undefined, 'wrong'))).toEqual([401, 'invalid_credentials']);
    await login(app.code()).expect(200);
  });

  it('refuses a wrong code in the words for a wrong password, and for an account that does not exist', async () => {
    const answers = await Promise.all([
      login(app.wrongCode()),
      login(app.code(), 'wrong'),
      api.call('post', '/auth/login').send({ email: 'nobody@example.com', password: PASSWORD, totp: '123456' }),
    ]);

    expect(answers.map(({ status, body }) => [status, body.code as string])).toEqual(
      Array(3).fill([401, 'invalid_credentials']),
    );
    expect(new Set(answers.map(({ body }) => body.detail as string)).size).toBe(1);
  });

  it('refuses a code that has been used: no replay', async () => {
    const code = app.code();
    await login(code).expect(200);

    expect(await codeOf(login(code))).toEqual([401, 'invalid_credentials']);
  });

  it('lets one of many in who send the same code side by side', async () => {
    const code = app.code();
    const answers = await Promise.all(Array.from({ length: 4 }, () => login(code)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('refuses the code that has confirmed it', async () => {
    await api.call('delete', '/auth/totp', person).expect(204);
    const { body } = await begin();
    const own = await import('otpauth').then(({ TOTP }) => new TOTP({ secret: String(body.secret) }));
    const code = own.generate();
    await confirm(code).expect(200);

    expect(await codeOf(login(code))).toEqual([401, 'invalid_credentials']);
  });

  it('takes each recovery code once, however it is typed', async () => {
    const [first = '', second = ''] = recoveryCodes;
    await login(first).expect(200);

    expect(await codeOf(login(first))).toEqual([401, 'invalid_credentials']);
    await login(` ${second.toUpperCase().replaceAll('-', ' ')} `).expect(200);
    expect(await state()).toMatchObject({ recoveryCodesLeft: 8 });
  });

  it('lets one of many in who send the same recovery code side by side', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => login(recoveryCodes[0])));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("does not take another account's code or recovery code", async () => {
    const theirs = await Authenticator.enrol(api, await api.person('SUPER_ADMIN'));

    await login(theirs.app.code()).expect(401);
    await login(theirs.recoveryCodes[0]).expect(401);
  });

  it('slows guessing of codes down over all addresses, and leaves the recovery codes to the owner', async () => {
    const from = (address: string, totp: string) => login(totp).set('X-Forwarded-For', address);
    for (let guess = 0; guess < 10; guess++) await from(`198.51.100.${String(guess)}`, app.wrongCode()).expect(401);

    const { status, body, headers } = await from('203.0.113.9', app.code());
    expect([status, body.code, headers['retry-after']]).toEqual([429, 'too_many_attempts', '1']);
    await from('203.0.113.9', recoveryCodes[0] ?? '').expect(200);
  });

  it('slows it down for each address as for passwords', async () => {
    for (let guess = 0; guess < 5; guess++) await login('not-a-recovery-code').expect(401);

    expect(await codeOf(login(recoveryCodes[0]))).toEqual([429, 'too_many_attempts']);
  });

  it('asks for it in a step-up too', async () => {
    await expire();

    expect(await codeOf(stepUp({ password: PASSWORD }))).toEqual([401, 'totp_required']);
    expect(await codeOf(stepUp({ password: PASSWORD, totp: app.wrongCode() }))).toEqual([401, 'invalid_credentials']);
    expect(await codeOf(stepUp({ password: 'wrong', totp: app.code() }))).toEqual([401, 'invalid_credentials']);
    expect(await codeOf(begin())).toEqual([403, 'step_up_required']);
    const code = app.code();
    await stepUp({ password: PASSWORD, totp: code }).expect(204);
    expect(await codeOf(begin())).toEqual([409, 'totp_already_on']);
    expect(await codeOf(stepUp({ password: PASSWORD, totp: code }))).toEqual([401, 'invalid_credentials']);
    await wait();
    await stepUp({ password: PASSWORD, totp: app.code() }).expect(204);
  });
});

describe('resetting the second factor of somebody who has lost it', () => {
  it('lets them in with the password, and ends the sessions of the account', async () => {
    await Authenticator.enrol(api, person);
    const admin = await api.person('SUPER_ADMIN');

    await api.call('post', `/admin/users/${person.id}/reset-totp`, admin).expect(204);

    await api.call('get', '/auth/me', person).expect(401);
    await login().expect(200);
  });

  it('is for a SUPER_ADMIN who has stepped up, of an account that exists', async () => {
    const admin = await api.person('SUPER_ADMIN');
    const reset = (id: string, by: Person) => api.call('post', `/admin/users/${id}/reset-totp`, by);
    await Authenticator.enrol(api, person);

    await reset(person.id, await api.person('OPS')).expect(403);
    await reset('01900000-0000-7000-8000-000000000000', admin).expect(404);
    await reset('..%2f', admin).expect(400);
    await expire();
    expect(await codeOf(reset(person.id, admin))).toEqual([403, 'step_up_required']);
    expect(await codeOf(login())).toEqual([401, 'totp_required']);
  });
});
