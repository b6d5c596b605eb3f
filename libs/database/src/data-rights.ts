import pg from 'pg';
import { SCHEMA } from './data-source.js';

/**
 * Gives the role of the running service the rights on data in these schemas, also in what the owner makes there later. To the
 * audit trail it may only add.
 * Nothing to do where the service is the owner.
 * @param ownerUrl the role that has migrated, and so owns the schemas
 * @param serviceUrl the role that the service runs as: asked of the server, since a URL need not name it
 */
export async function grantDataRights(ownerUrl: string, serviceUrl: string, schemas: readonly string[]): Promise<void> {
  if (ownerUrl === serviceUrl) return;
  const role = await connected(serviceUrl, currentRole);
  await connected(ownerUrl, async (owner) => {
    if ((await currentRole(owner)) === role) return;
    for (const schema of schemas) for (const grant of grants(schema, role)) await owner.query(grant);
  });
}

function grants(schema: string, role: string): string[] {
  const [inSchema, toRole] = [pg.escapeIdentifier(schema), pg.escapeIdentifier(role)];
  const rights = [
    { on: 'TABLES', what: 'SELECT, INSERT, UPDATE, DELETE' },
    { on: 'SEQUENCES', what: 'USAGE, SELECT' },
    { on: 'FUNCTIONS', what: 'EXECUTE' },
  ];
  return [
    `GRANT USAGE ON SCHEMA ${inSchema} TO ${toRole}`,
    ...rights.flatMap(({ on, what }) => [
      `GRANT ${what} ON ALL ${on} IN SCHEMA ${inSchema} TO ${toRole}`,
      `ALTER DEFAULT PRIVILEGES IN SCHEMA ${inSchema} GRANT ${what} ON ${on} TO ${toRole}`,
    ]),
    ...(schema === SCHEMA ? [`REVOKE UPDATE, DELETE, TRUNCATE ON ${inSchema}.audit_events FROM ${toRole}`] : []),
  ];
}

async function currentRole(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
  const [row] = rows;
  if (row === undefined) throw new Error('The server did not say who we are.');
  return row.role;
}

async function connected<T>(url: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
