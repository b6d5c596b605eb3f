import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { Client } from './support/client.ts';
import { until } from './support/condition.ts';
import { findByCommand, processTable } from './support/process-table.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const suffix = randomBytes(4).toString('hex');
const shop = `e2e_secrets_${suffix}`;
const [owner, service, reader] = ['owner', 'service', 'reader'].map((name) => `e2e_${name}_${suffix}`) as [
  string,
  string,
  string,
];
/** With a space, which a mask made of a regular expression tends to stop at. */
const marked = (what: string) => `MARKED ${what} ${randomBytes(8).toString('hex')}`;
const passwords = {
  owner: marked('owner'),
  service: marked('service'),
  reader: marked('reader'),
  closed: marked('gone'),
};

/** What must never come out anywhere, by name, and all that has come out. */
const secrets = new Map<string, string>(Object.entries(passwords));
const answers: string[] = [];
let stack: Stack;

beforeAll(async () => {
  for (const [role, password] of [
    [owner, passwords.owner],
    [service, passwords.service],
    [reader, passwords.reader],
  ] as const) {
    await administer(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
  }
  await administer(`CREATE DATABASE ${shop}`);
  await administer(`GRANT pg_read_all_data TO ${reader}`);
  const client = await connect(databaseUrl(shop));
  await client.query('CREATE TABLE held (id int)');
  await client.end();
  stack = await Stack.start({
    sources: {
      main: urlAs(reader, passwords.reader, databaseUrl(shop)),
      closed: `postgres://nobody:${encodeURIComponent(passwords.closed)}@127.0.0.1:1/none`,
    },
    env: async (database) => {
      await administer(`GRANT CREATE ON DATABASE ${database} TO ${owner}`);
      return {
        MIGRATION_DATABASE_URL: urlAs(owner, passwords.owner, databaseUrl(database)),
        DATABASE_URL: urlAs(service, passwords.service, databaseUrl(database)),
      };
    },
  });
}, 120_000);

afterAll(async () => {
  await stack.stop();
  await administer(`DROP DATABASE IF EXISTS ${shop} WITH (FORCE)`);
  await administer(`REVOKE pg_read_all_data FROM ${reader}`);
  for (const role of [owner, service, reader]) await administer(`DROP ROLE ${role}`);
});

it('no secret comes out in a log, an error, a command line, the data of a job, a table or an answer', async () => {
  secrets.set('the password of the admin', adminPassword);
  const anybody = new Client(stack.url);
  const admin = await anybody.signIn('admin@localhost', adminPassword);
  const login = await anybody.call('POST', '/auth/login', { email: 'admin@localhost', password: adminPassword });
  secrets.set('the refresh token', /pgx_refresh=([^;]+)/.exec(login.headers.get('set-cookie') ?? '')?.[1] ?? '');
  const { accessToken } = await shown<{ accessToken: string }>(login, 'accessToken');
  const { token } = await shown<{ token: string }>(
    await admin.call('POST', '/admin/tokens', { name: 'nightly', scopes: ['exports:read', 'exports:create'] }),
    'token',
  );
  const { otpauthUrl } = await shown<{ otpauthUrl: string }>(await admin.call('POST', '/auth/totp'), 'secret');
  const wrong = marked('typed');
  secrets.set('a wrong password', wrong);
  await heard(await anybody.call('POST', '/auth/login', { email: 'admin@localhost', password: wrong }));
  await heard(await anybody.call('POST', '/auth/login', { email: wrong, password: wrong }));

  const id = await exportUnderWatch(new Client(stack.url, token));
  const { url } = await shown<{ url: string }>(await admin.call('POST', `/admin/db/export/${id}/download-link`), '');
  secrets.set('the download link', url.split('link=')[1] ?? '');
  await (await fetch(`${stack.url}${url}`)).arrayBuffer();
  await heard(await fetch(`${stack.url}${url}x`));
  await heard(await new Client(stack.url, `${accessToken}x`).call('GET', '/auth/me'));
  await heard(await new Client(stack.url, `${token}0`).call('GET', '/admin/db/export'));
  await heard(await admin.call('POST', '/admin/db/export/estimate', { database: 'closed' }));
  answers.push(JSON.stringify(await admin.exportToTheEnd({ database: 'closed' })));
  for (const path of ['databases', 'export', `export/${id}`]) await heard(await admin.call('GET', `/admin/db/${path}`));
  for (const path of ['audit?limit=100', 'tokens', 'users']) await heard(await admin.call('GET', `/admin/${path}`));
  for (const path of ['sessions', 'totp', 'me', 'methods']) await heard(await admin.call('GET', `/auth/${path}`));
  await heard(await fetch(`${stack.url}/health/ready`));

  expect(otpauthUrl).toContain(secrets.get('secret'));
  await addServerKeys();
  expect([...secrets].filter(([, value]) => value.length < 16).map(([name]) => name)).toEqual([]);
  const places = { log: stack.log, answers: answers.join('\n'), tables: await everyTable() };
  expect(places.log).toContain('request completed');
  expect(places.tables).toContain(id);
  for (const [place, text] of Object.entries(places)) {
    expect({ place, leaks: leaksIn(text) }).toEqual({ place, leaks: [] });
  }
}, 180_000);

/** Stops pg_dump at a lock, so that its command line and those of its helpers can be looked at. */
async function exportUnderWatch(by: Client): Promise<string> {
  const holder = await connect(databaseUrl(shop));
  await holder.query('BEGIN; LOCK TABLE held');
  const accepted = (await (await by.call('POST', '/admin/db/export', {})).json()) as { id: string };
  const isRunning = () => Promise.resolve(findByCommand('pg_dump').length > 0);
  await until('pg_dump runs', isRunning, 60_000);
  expect(leaksIn(JSON.stringify(processTable()))).toEqual([]);
  await holder.end();
  const ended = await by.untilFinal(accepted.id);
  expect(ended).toMatchObject({ status: 'ready' });
  answers.push(JSON.stringify(ended));
  return accepted.id;
}

/** An answer that shows a secret once, which is then one. */
async function shown<T>(answer: Response, field: string): Promise<T> {
  const body = (await answer.json()) as Record<string, string>;
  expect(answer.ok).toBe(true);
  if (field !== '') secrets.set(field, body[field] ?? '');
  return body as T;
}

async function heard(answer: Response): Promise<void> {
  answers.push(JSON.stringify([...answer.headers]), await answer.text());
}

async function addServerKeys(): Promise<void> {
  const folder = join(stack.dataDir, 'secrets');
  for (const name of await readdir(folder)) secrets.set(name, (await readFile(join(folder, name), 'utf8')).trim());
}

/** Our own tables, and the queue's with the data of its jobs. */
async function everyTable(): Promise<string> {
  const tables = await stack.sql<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_schema IN ('pgexport', 'pgexport_queue') AND table_type = 'BASE TABLE'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) texts.push(JSON.stringify(await stack.sql(`SELECT * FROM ${name}`)));
  return texts.join('\n');
}

/** As it is, as a URL writes it, and what a mask that stops at a space would leave of it. */
function formsOf(secret: string): string[] {
  const tail = secret.startsWith('MARKED') ? secret.split(' ').at(-1) : undefined;
  return [secret, encodeURIComponent(secret), tail ?? secret];
}

/** The names of the secrets that are in a text, as they are or as a URL or JSON would write them. */
function leaksIn(text: string): string[] {
  return [...secrets].filter(([, value]) => formsOf(value).some((form) => text.includes(form))).map(([name]) => name);
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

function urlAs(role: string, password: string, url: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.href;
}
