import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, escapeIdentifier } from 'pg';

export interface FillOptions {
  /** How many times the usual rows of the big tables: 1 is about 60 MB, 16 about 1 GB, 160 about 10 GB. */
  scale?: number;
  /** Called with one line for people before each step. */
  onStep?: (message: string) => void;
  /** Ends the work at once; its reason is then thrown. */
  signal?: AbortSignal;
}

/** Goes up whenever the SQL changes, so that a sample made by an older release is told from today's. */
const VERSION = 1;
const MARKER = 'pg-export sample shop';
const STEPS = [
  ['10-types.sql', 'types'],
  ['20-tables.sql', 'tables'],
  ['30-rows-of-fixed-size.sql', 'products, photos and documents'],
  ['40-rows-that-scale.sql', 'customers, orders and visits'],
  ['50-keys-and-indexes.sql', 'keys and indexes'],
  ['60-views-functions-triggers.sql', 'views, functions and triggers'],
] as const;

/**
 * Fills the empty database behind the connection string with the shop. One transaction makes all of it, so a process
 * killed in the middle leaves the database empty, never half full. A database that already holds the shop is left as it is;
 * one that holds anything else is refused.
 */
export async function fillShop(connectionString: string, options: FillOptions = {}): Promise<void> {
  const scale = checkedScale(options.scale);
  const say = options.onStep ?? (() => undefined);
  await withClient(connectionString, options.signal, async (client) => {
    await client.query('BEGIN');
    await client.query("SELECT pg_advisory_xact_lock(hashtext('pg-export sample shop'))");
    const found = await readMarker(client);
    if (found) {
      refuseOtherScale(found, options.scale);
      return;
    }
    if (!(await isEmpty(client))) throw notOurs(connectionString);
    await client.query("SELECT set_config('shop.scale', $1, true)", [String(scale)]);
    // Client settings of this session must not show in what is made, and the rows are not worth more memory than this.
    await client.query(
      "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = ISO; SET LOCAL maintenance_work_mem = '256MB'",
    );
    for (const [file, what] of STEPS) {
      say(`sample shop: ${what}`);
      await client.query(await readFile(join(import.meta.dirname, 'shop', file), 'utf8'));
    }
    await client.query(
      `DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), '${marker(scale)}'); END $$`,
    );
    await client.query('COMMIT');
    // Outside the transaction, as VACUUM must be; without it the first dump pays for writing every row's hint bits.
    say('sample shop: statistics');
    await client.query('VACUUM (ANALYZE)');
  });
}

/**
 * Makes the shop's database on a server, or recognises it. The connection string names any other database of that server
 * (usually `postgres`). An empty database of that name is what a killed run leaves behind: it is dropped, with whatever
 * still works in it, and made again.
 */
export async function ensureShop(
  connectionStringOfServerDatabase: string,
  databaseName: string,
  options: FillOptions = {},
): Promise<{ created: boolean }> {
  const shop = withDatabase(connectionStringOfServerDatabase, databaseName);
  return withClient(connectionStringOfServerDatabase, options.signal, async (server) => {
    // Held until this connection ends, even by kill -9: two starts at once make one shop.
    await server.query('SELECT pg_advisory_lock(hashtext($1))', [`${MARKER} ${databaseName}`]);
    const { rows } = await server.query<{ comment: string | null }>(
      "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = $1",
      [databaseName],
    );
    const existing = rows[0];
    if (existing && parseMarker(existing.comment)) {
      await fillShop(shop, options);
      return { created: false };
    }
    if (existing) {
      if (!(await withClient(shop, options.signal, isEmpty))) throw notOurs(shop);
      await server.query(`DROP DATABASE ${escapeIdentifier(databaseName)} WITH (FORCE)`);
    }
    options.onStep?.(`sample shop: database ${databaseName}`);
    // template0, so that what somebody put into template1 stays out, and UTF8 whatever the server's default is.
    await server.query(`CREATE DATABASE ${escapeIdentifier(databaseName)} TEMPLATE template0 ENCODING 'UTF8'`);
    await fillShop(shop, options);
    return { created: true };
  });
}

interface Marker {
  version: number;
  scale: number;
}

const marker = (scale: number) => `${MARKER}, version ${VERSION}, scale ${scale}`;

function parseMarker(comment: string | null | undefined): Marker | null {
  const match = /^pg-export sample shop, version (\d+), scale ([\d.e+-]+)$/.exec(comment ?? '');
  return match ? { version: Number(match[1]), scale: Number(match[2]) } : null;
}

async function readMarker(client: Client): Promise<Marker | null> {
  const { rows } = await client.query<{ comment: string | null }>(
    "SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = current_database()",
  );
  return parseMarker(rows[0]?.comment);
}

/** Nobody's orders are thrown away for another scale: the caller names another database instead. */
function refuseOtherScale(found: Marker, wanted: number | undefined): void {
  if (wanted === undefined || wanted === found.scale) return;
  throw new Error(
    `This database already holds the sample shop at scale ${found.scale}, not ${wanted}: name another one.`,
  );
}

function notOurs(connectionString: string): Error {
  const name = decodeURIComponent(new URL(connectionString).pathname.slice(1));
  return new Error(`The database "${name}" holds something else than the sample shop: it is left alone.`);
}

async function isEmpty(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ empty: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS empty`,
  );
  return rows[0]?.empty ?? false;
}

function checkedScale(scale = 1): number {
  if (Number.isFinite(scale) && scale > 0 && scale <= 1000) return scale;
  throw new Error('The scale of the sample shop is a number above 0, at most 1000.');
}

function withDatabase(connectionString: string, databaseName: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${encodeURIComponent(databaseName)}`;
  return url.href;
}

async function withClient<T>(
  connectionString: string,
  signal: AbortSignal | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const client = new Client({ connectionString, application_name: 'pg-export sample' });
  // A lost connection fails the query that runs, or the next one: that is what the caller hears.
  client.on('error', () => undefined);
  // In mid-query this closes the connection at once.
  const stop = (): void => void client.end();
  try {
    await client.connect();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop);
    return await work(client);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { scale: { type: 'string' } } });
  const [target] = positionals;
  const name = target && decodeURIComponent(new URL(target).pathname.slice(1));
  if (!target || !name) {
    throw new Error(
      'Usage: node sample-database/fill-shop.ts postgres://USER:PASSWORD@HOST:PORT/DATABASE [--scale 16]',
    );
  }
  const { created } = await ensureShop(withDatabase(target, 'postgres'), name, {
    scale: values.scale === undefined ? undefined : Number(values.scale),
    onStep: (message) => console.log(message),
  });
  console.log(created ? `The sample shop is in "${name}".` : `"${name}" already holds the sample shop.`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
