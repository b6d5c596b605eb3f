import type pg from 'pg';
import type { CopyCounter } from './dump-progress.js';
import { sqlStateOf } from './source-client.js';

/** `pg_stat_progress_copy` came with PostgreSQL 14. */
export const FIRST_SERVER_WITH_COUNTERS = 14;

/**
 * The counters of the COPYs that run under an application name. The view shows them to the role that runs them, so the
 * client has to be signed in as pg_dump is.
 *
 * This is asked ten times a second and more. `pg_stat_activity` looks up the names of databases and roles besides, and costs
 * three times what the function behind it does; planning it anew each time cost three times the rest.
 * @param prepared whether the server is to keep the plan, by the question's name
 */
export async function readCopyCounters(
  client: pg.Client,
  applicationName: string,
  prepared: boolean,
): Promise<CopyCounter[]> {
  const { rows } = await client.query<{ relid: string; tuples: string; bytes: string }>({
    ...(prepared ? { name: 'copy counters' } : {}),
    text: `SELECT p.relid::text AS relid, p.tuples_processed::text AS tuples, p.bytes_processed::text AS bytes
       FROM pg_stat_progress_copy p, LATERAL pg_stat_get_activity(p.pid) a
      WHERE a.application_name = $1`,
    values: [applicationName],
  });
  return rows.map((row) => ({
    relid: Number(row.relid),
    tuplesProcessed: Number(row.tuples),
    bytesProcessed: Number(row.bytes),
  }));
}

/** Whether a pooler has given the question to another connection of its own than the one that keeps the plan, or to it again. */
export function isOfPooledPlan(error: unknown): boolean {
  return ['26000', '42P05'].includes(sqlStateOf(error) ?? '');
}
