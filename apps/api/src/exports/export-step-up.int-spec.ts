import { type Person, RunningApi } from '../testing/running-api.js';

let api: RunningApi;
let admin: Person;

beforeAll(async () => {
  api = await RunningApi.start({ REQUIRE_STEP_UP_FOR_EXPORT: 'true' });
  admin = await api.person('SUPER_ADMIN');
});
afterAll(() => api.stop());

const ask = (by: Person) => api.call('post', '/admin/db/export', by).send({});

it('asks for the password again before an export, of sessions alone', async () => {
  const token = await api.token(admin, ['exports:create']);
  await ask(admin).expect(202);
  await api.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour'`);

  expect((await ask(admin).expect(403)).body.code).toBe('step_up_required');
  await api.call('get', '/admin/db/export', admin).expect(200);
  await ask(token).expect(202);
});

it('does not where it is not required', async () => {
  const other = await RunningApi.start();
  const person = await other.person('SUPER_ADMIN');
  await other.database.sql(`UPDATE pgexport.sessions SET stepped_up_at = now() - interval '1 hour'`);

  await other.call('post', '/admin/db/export', person).send({}).expect(202);
  await other.stop();
});
