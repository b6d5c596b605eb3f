import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type pg from 'pg';

/** Waits for somebody else: nothing moves until they do. */
const STANDING_STILL = ['Lock', 'Client', 'Timeout', 'Extension', 'IPC'];

/** Backends of an application that are in the middle of a statement and wait for nobody; ids of their processes. */
export async function readBackendsAtWork(client: pg.Client, applicationName: string): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
      WHERE application_name = $1 AND pid <> pg_backend_pid() AND state = 'active'
        AND coalesce(wait_event_type, '') <> ALL ($2)`,
    [applicationName, STANDING_STILL],
  );
  return rows.map(({ pid }) => pid);
}

/**
 * What processes of this machine have computed so far: the same text means that none of them has moved. Null where the
 * operating system does not tell (it has no /proc).
 */
export async function readWorkDone(pids: readonly number[]): Promise<string | null> {
  if (!existsSync('/proc/self/stat')) return null;
  const done = await Promise.all(
    pids.map(async (pid) => {
      // "pid (any name) state …": the 14th and 15th are its time in user and kernel mode (proc(5)).
      const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
      const fields = stat.replace(/^.*\) /s, '').split(' ');
      return `${String(pid)}:${String(fields[11])}+${String(fields[12])}`;
    }),
  );
  return done.join(' ');
}
