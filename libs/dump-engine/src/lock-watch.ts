import type pg from 'pg';

/** `pg_locks.waitstart` came with PostgreSQL 14. */
export const FIRST_SERVER_WITH_WAIT_STARTS = 14;

export interface LockWait {
  seconds: number;
  /** What is waited for: a relation's name, or the kind of lock. */
  target: string;
}

/**
 * The longest wait for a lock among the backends of an application, or null. pg_dump's own `--lock-wait-timeout` knows of
 * LOCK TABLE alone: the definition of a view that somebody is replacing would be waited for without end.
 */
export async function readLongestLockWait(client: pg.Client, applicationName: string): Promise<LockWait | null> {
  const { rows } = await client.query<LockWait>(
    `SELECT extract(epoch FROM clock_timestamp() - l.waitstart)::float8 AS seconds,
            coalesce(n.nspname || '.' || c.relname, l.locktype) AS target
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       LEFT JOIN pg_class c ON c.oid = l.relation
       LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE a.application_name = $1 AND NOT l.granted AND l.waitstart IS NOT NULL
      ORDER BY l.waitstart LIMIT 1`,
    [applicationName],
  );
  return rows[0] ?? null;
}
