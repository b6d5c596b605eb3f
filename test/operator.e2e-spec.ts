import { Client } from './support/client.ts';
import { adminPassword, databaseUrl, Stack } from './support/stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.start({ sources: { main: databaseUrl('postgres') } });
}, 120_000);
afterAll(() => stack.stop());

const verify = (...heads: string[]) => stack.command('audit/verify.js', heads);
const user = (...words: string[]) => stack.command('users/command.js', words);
const login = (email: string, password: string) =>
  new Client(stack.url).call('POST', '/auth/login', { email, password });

it('an operator who is locked out makes an account, or a new password, on the machine', async () => {
  const lost = await new Client(stack.url).signIn('admin@localhost', adminPassword);
  const made = await user('create', 'me@example.com');
  const reset = await user('reset-password', 'admin@localhost');

  const passwordIn = (words: string) => / the password (\S{20}) /.exec(words)?.[1] ?? '';
  expect([made.code, reset.code]).toEqual([0, 0]);
  const me = await new Client(stack.url).signIn('me@example.com', passwordIn(made.stdout));
  expect((await me.call('GET', '/admin/users')).status).toBe(200);
  expect((await login('admin@localhost', adminPassword)).status).toBe(401);
  expect((await lost.call('GET', '/auth/me')).status).toBe(401);
  expect((await login('admin@localhost', passwordIn(reset.stdout))).status).toBe(200);
  const events = await stack.sql<{ act: string }>(
    `SELECT action || ' ' || outcome AS act FROM pgexport.audit_events WHERE via = 'machine' ORDER BY seq`,
  );
  // The first was made by the setup.
  const created = ['account.create asked', 'account.create done'];
  const acts = [...created, ...created, 'account.reset-password asked', 'account.reset-password done'];
  expect(events.map(({ act }) => act)).toEqual(acts);
}, 60_000);

it.each([
  [['create', 'me@example.com', 'ROOT'], 2, 'usage'],
  [['create', 'nobody'], 2, 'usage'],
  [['remove', 'admin@localhost'], 2, 'usage'],
  [['create', 'admin@localhost'], 1, 'already'],
  [['reset-password', 'nobody@example.com'], 1, 'There is no account'],
])('refuses "%s" with status %i', async (words, code, says) => {
  const { code: ended, output } = await user(...words);

  expect(ended).toBe(code);
  expect(output).toContain(says);
});

it('audit:verify tells a whole trail, and names the first broken link and a tail that was cut off', async () => {
  await login('admin@localhost', 'wrong');
  await user('create', 'one@example.com');
  await user('create', 'two@example.com');
  const whole = await verify();
  expect(whole).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^The audit trail is whole: \d+ events, head/),
  });
  const head = /head (\d+:[0-9a-f]{64})/.exec(whole.stdout)?.[1] ?? '';
  expect(await verify(head)).toMatchObject({ code: 0 });
  expect(await verify('3')).toMatchObject({ code: 2, output: expect.stringContaining('usage') });

  const last = Number(head.split(':')[0]);
  await asOwner(`DELETE FROM pgexport.audit_events WHERE seq = ${String(last)}`);
  expect(await verify()).toMatchObject({ code: 0 });
  expect(await verify(head)).toMatchObject({ code: 1, stdout: expect.stringContaining(`Event ${String(last)} was`) });
  await asOwner(`UPDATE pgexport.audit_events SET email = 'somebody' WHERE seq = 2`);
  expect(await verify()).toMatchObject({ code: 1, stdout: expect.stringContaining('broken: Event 2 is not what') });
}, 60_000);

async function asOwner(sql: string): Promise<void> {
  await stack.sql(`ALTER TABLE pgexport.audit_events DISABLE TRIGGER USER`);
  await stack.sql(sql);
  await stack.sql(`ALTER TABLE pgexport.audit_events ENABLE TRIGGER USER`);
}
