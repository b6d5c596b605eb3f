import { PASSWORD, type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start();
});
afterAll(() => api.stop());
beforeEach(async () => {
  await api.database.sql('DELETE FROM pgexport.users');
  admin = await api.person('SUPER_ADMIN');
});

const add = (body: object) => api.call('post', '/admin/users', admin).send(body);
const change = (id: string, body: object, by = admin) => api.call('patch', `/admin/users/${id}`, by).send(body);

it('makes an account that can sign in, and never shows its password', async () => {
  const { body } = await add({ email: 'Ops@Example.com', password: PASSWORD, role: 'OPS' }).expect(201);

  expect(body).toEqual({ id: expect.any(String), email: 'ops@example.com', role: 'OPS', disabled: false });
  await api.call('get', '/admin/db/export', await api.signIn('ops@example.com')).expect(200);
  const { text } = await api.call('get', '/admin/users', admin).expect(200);
  expect(text).not.toMatch(/argon2|password/i);
});

it('has one account for an address, however it is written and however often it is asked at once', async () => {
  const ask = (email: string) => add({ email, password: PASSWORD, role: 'OPS' });
  const answers = await Promise.all(['a@b.c', 'A@b.c', 'a@B.C'].map(ask));

  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  expect((await ask('a@b.c')).body.code).toBe('email_taken');
});

it.each([
  [{ email: 'nobody', password: PASSWORD, role: 'OPS' }, 'email'],
  [{ email: 'a@b.c', password: 'short', role: 'OPS' }, 'password'],
  [{ email: 'a@b.c', password: PASSWORD, role: 'ROOT' }, 'role'],
  [{ email: 'a@b.c', password: PASSWORD, role: 'OPS', disabled: true }, 'disabled: unknown field'],
  [{ email: 'a\0@b.c', password: PASSWORD, role: 'OPS' }, 'email'],
])('refuses %j and names the field', async (body, field) => {
  expect((await add(body).expect(400)).body.detail).toContain(field);
});

it('takes access away with the next request', async () => {
  const other = await api.person('SUPER_ADMIN');

  await change(other.id, { role: 'OPS' }).expect(200);
  await api.call('get', '/admin/users', other).expect(403);
  await change(other.id, { disabled: true }).expect(200);
  await api.call('get', '/auth/me', other).expect(401);
  // Switched on again, the account signs in anew: its old sessions stay dead.
  await change(other.id, { disabled: false }).expect(200);
  await api.call('get', '/auth/me', other).expect(401);
});

it.each([{ role: 'OPS' }, { disabled: true }])('never takes the last SUPER_ADMIN away: %j', async (body) => {
  const { body: problem } = await change(admin.id, body).expect(409);

  expect(problem.code).toBe('last_super_admin');
  await api.call('get', '/admin/users', admin).expect(200);
});

it('leaves one SUPER_ADMIN when two demote each other at the same time', async () => {
  const other = await api.person('SUPER_ADMIN');

  const answers = await Promise.all([change(other.id, { role: 'OPS' }), change(admin.id, { role: 'OPS' }, other)]);

  expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
  const [left] = await api.database.sql(`SELECT count(*)::int AS n FROM pgexport.users WHERE role = 'SUPER_ADMIN'`);
  expect(left).toEqual({ n: 1 });
});

it('answers 404 for an account that does not exist', async () => {
  await change('01900000-0000-7000-8000-000000000000', { role: 'OPS' }).expect(404);
});
