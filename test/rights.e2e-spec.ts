import { randomBytes } from 'node:crypto';
import { Client } from './support/client.ts';
import { administer, adminPassword, databaseUrl, Stack } from './support/stack.ts';

const password = randomBytes(12).toString('hex');
const suffix = randomBytes(4).toString('hex');
const owner = `e2e_owner_${suffix}`;
const service = `e2e_service_${suffix}`;

describe('with MIGRATION_DATABASE_URL', () => {
  let stack: Stack;

  beforeAll(async () => {
    for (const role of [owner, service]) await administer(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    stack = await Stack.start({
      sources: { main: databaseUrl('postgres') },
      env: async (database) => {
        await administer(`GRANT CREATE ON DATABASE ${database} TO ${owner}`);
        return {
          MIGRATION_DATABASE_URL: urlAs(owner, databaseUrl(database)),
          DATABASE_URL: urlAs(service, databaseUrl(database)),
        };
      },
    });
  }, 120_000);

  afterAll(async () => {
    await stack.stop();
    for (const role of [owner, service]) await administer(`DROP ROLE ${role}`);
  });

  it('the service works as a role that owns nothing, from the first setup on', async () => {
    const admin = await new Client(stack.url).signIn('admin@localhost', adminPassword);
    expect(await admin.exportToTheEnd({ content: 'schema' })).toMatchObject({ status: 'ready', error: null });
  }, 120_000);
});

function urlAs(role: string, url: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.href;
}
