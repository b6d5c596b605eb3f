import type { Blocking } from '#lib/domain';
import type pg from 'pg';

/** `pg_locks.waitstart` came with PostgreSQL 14; before, a wait is as old as its statement, which is what waits mostly. */
const FIRST_SERVER_WITH_WAIT_STARTS = 14;

/** A backend that waits for a lock. */
export interface LockWait {
  pid: number;
  seconds: number;
  /** What is waited for: a relation's name, or the kind of lock. */
  target: string;
  /** Whether it is one of the export's. */
  isOurs: boolean;
  /** Processes that it waits for, as `pg_blocking_pids` has them: who holds the lock, or is ahead in its queue. */
  behind: number[];
}

/** What the server lets our role see of a process. */
export interface LockHolder {
  pid: number;
  user: string | null;
  application: string | null;
  /** Begin of its transaction, RFC 3339 UTC. */
  since: string | null;
}

export interface LockPicture {
  /** Longest first. */
  waits: LockWait[];
  /** The export's own backends. */
  ours: ReadonlySet<number>;
}

/**
 * All waits for locks on the server. `pg_locks` shows them to every role, and costs as much as there are locks;
 * `pg_blocking_pids`, which stops the lock manager for a moment, is asked only of those that wait. Mostly nobody does, which
 * is found out for a fraction of what it takes to plan the whole question.
 */
export async function readLockWaits(
  client: pg.Client,
  applicationName: string,
  serverMajor: number,
): Promise<LockPicture> {
  if (!(await isAnybodyWaiting(client))) return { waits: [], ours: new Set() };
  const since = serverMajor >= FIRST_SERVER_WITH_WAIT_STARTS ? 'l.waitstart' : 'a.query_start';
  const { rows: waits } = await client.query<LockWait>(
    `SELECT l.pid, coalesce(extract(epoch FROM clock_timestamp() - ${since}), 0)::float8 AS seconds,
            coalesce(n.nspname || '.' || c.relname, l.locktype) AS target,
            coalesce(a.application_name = $1, false) AS "isOurs", pg_blocking_pids(l.pid) AS behind
       FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
       LEFT JOIN pg_class c ON c.oid = l.relation
       LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT l.granted
      ORDER BY seconds DESC`,
    [applicationName],
  );
  const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [
    applicationName,
  ]);
  return { waits, ours: new Set(rows.map(({ pid }) => pid)) };
}

async function isAnybodyWaiting(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ waits: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted) AS waits',
  );
  return rows[0]?.waits === true;
}

/** Those who hold a lock, or are ahead in its queue. A prepared transaction has no process: 0. */
export async function readHolders(client: pg.Client, pids: readonly number[]): Promise<LockHolder[]> {
  const { rows } = await client.query<LockHolder>(
    `SELECT pid, coalesce(usename, backend_type) AS user, nullif(application_name, '') AS application,
            to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since
       FROM pg_stat_activity WHERE pid = ANY ($1) ORDER BY xact_start`,
    [pids],
  );
  return rows;
}

/** In words: `process 4711 (alice, psql, since 2026-11-25T02:15:00Z)`. */
export function nameHolders(holders: readonly LockHolder[]): string {
  const names = holders.map(({ pid, user, application, since }) => {
    const known = [user, application, since === null ? null : `since ${since}`].filter((part) => part !== null);
    return `process ${String(pid)}${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
  });
  return names.length === 0 ? 'a transaction without a process' : names.join(', ');
}

/** The waits of others that end only when ours let go, longest first: directly, or behind somebody who waits for us. */
export function waitsBehindUs({ waits, ours }: LockPicture): LockWait[] {
  const stuck = new Set(ours);
  const behind = new Set<LockWait>();
  for (let grew = true; grew;) {
    grew = false;
    for (const wait of waits) {
      if (behind.has(wait) || ours.has(wait.pid) || !wait.behind.some((pid) => stuck.has(pid))) continue;
      stuck.add(wait.pid);
      behind.add(wait);
      grew = true;
    }
  }
  return waits.filter((wait) => behind.has(wait));
}

export function blockingOf(waits: readonly LockWait[]): Blocking | null {
  const [longest] = waits;
  if (longest === undefined) return null;
  return {
    waiting: new Set(waits.map(({ pid }) => pid)).size,
    longestWaitSeconds: Math.floor(longest.seconds),
  };
}
