/** The container's health: whether the worker of this very host reported itself in the last 30 s (it does every 5 s). */
import { hostname } from 'node:os';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 });
try {
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT 1 FROM pgexport.workers WHERE split_part(id, '/', 1) = $1 AND seen_at > now() - interval '30 seconds'`,
    [hostname()],
  );
  process.exitCode = rowCount ? 0 : 1;
} catch {
  process.exitCode = 1;
} finally {
  await client.end().catch(() => undefined);
}
