import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

const CHOSEN = 'another horse battery staple';

let api: RunningApi;
let person: Person;
let other: Person;

beforeAll(async () => {
  api = await RunningApi.start();
});
afterAll(() => api.stop());
beforeEach(async () => {
  person = await api.person('OPS');
  other = await api.signIn(person.email);
});

const login = (password: string, email = person.email) => api.call('post', '/auth/login').send({ email, password });
const me = (by: Person) => api.call('get', '/auth/me', by);
const outOfStepUp = () => api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour'`);

it('changes one’s own password, and ends one’s other sessions', async () => {
  await api.call('post', '/auth/password', person).send({ password: CHOSEN }).expect(204);

  await me(person).expect(200);
  await me(other).expect(401);
  await login(PASSWORD).expect(401);
  await login(CHOSEN).expect(200);
});

it.each([[{ password: 'short' }], [{}], [{ password: CHOSEN, userId: 'x' }]])('refuses %j', async (body) => {
  await api.call('post', '/auth/password', person).send(body).expect(400);
});

it('lists one’s own sessions alone, and ends one at once', async () => {
  await api.person('OPS');
  const { body } = await api.call('get', '/auth/sessions', person).expect(200);
  const ids = [other, person].map(({ sessionId }) => sessionId);
  expect(body).toMatchObject([
    { id: ids[0], current: false },
    { id: ids[1], current: true },
  ]);

  await api.call('delete', `/auth/sessions/${other.sessionId}`, person).expect(204);

  await me(other).expect(401);
  await me(person).expect(200);
  await api.call('delete', `/auth/sessions/${other.sessionId}`, person).expect(404);
});

it('ends no session of somebody else', async () => {
  const stranger = await api.person('SUPER_ADMIN');

  await api.call('delete', `/auth/sessions/${stranger.sessionId}`, person).expect(404);

  await me(stranger).expect(200);
});

it('asks for the password again before', async () => {
  await outOfStepUp();
  const refused = await api.call('post', '/auth/password', person).send({ password: CHOSEN }).expect(403);
  expect(refused.body.code).toBe('step_up_required');
  await api.call('delete', `/auth/sessions/${other.sessionId}`, person).expect(403);
  const admin = await api.person('SUPER_ADMIN');
  await outOfStepUp();
  await api.call('post', `/admin/users/${person.id}/reset-password`, admin).expect(403);
});

it('lets a SUPER_ADMIN give an account a new password, which is shown once and ends its sessions', async () => {
  const admin = await api.person('SUPER_ADMIN');
  const { body, headers } = await api.call('post', `/admin/users/${person.id}/reset-password`, admin).expect(200);

  expect(headers['cache-control']).toBe('no-store');
  await me(person).expect(401);
  await login(PASSWORD).expect(401);
  await login(String(body.password)).expect(200);
  const rows = JSON.stringify([
    await api.database.sql('SELECT * FROM pgexport.audit_events'),
    await api.database.sql('SELECT * FROM pgexport.users'),
  ]);
  expect(rows).not.toContain(body.password);
});

it('gives no password to an account of an identity provider', async () => {
  const admin = await api.person('SUPER_ADMIN');
  await api.database.sql('UPDATE pgexport.users SET password_hash = NULL WHERE id = $1', [person.id]);

  expect((await api.call('post', `/admin/users/${person.id}/reset-password`, admin).expect(409)).body.code).toBe(
    'no_password',
  );
  await api.call('post', '/auth/password', person).send({ password: CHOSEN }).expect(409);
});
