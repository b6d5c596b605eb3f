import type pg from 'pg';

/** What is told to end is gone within milliseconds, most of the time. */
const LOOK_AGAIN_MS = { first: 2, longest: 50 };

/**
 * Ends the backends of an export that have outlived their pg_dump, and waits until they are gone.
 *
 * All attempts at an export share one application name. An attempt that was frozen, and superseded meanwhile, must not end
 * what its successor has begun: only backends that were there before `isCurrent` said yes are ended, by the server's own
 * clock, and a successor can't have had any by then.
 * @param isCurrent whether the attempt that asks is still the one that runs; no backend is ended when it rejects
 * @returns how many there were
 */
export async function endBackends(
  client: pg.Client,
  applicationName: string,
  isCurrent: () => Promise<boolean>,
  timeoutMs: number,
): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  const { rows: clock } = await client.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
  if (!(await isCurrent())) return 0;
  let ended = 0;
  for (let pause = LOOK_AGAIN_MS.first; ; pause = Math.min(pause * 2, LOOK_AGAIN_MS.longest)) {
    const { rows } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = $1 AND pid <> pg_backend_pid() AND usename = current_user
          AND backend_start <= $2::timestamptz`,
      [applicationName, clock[0]?.now],
    );
    ended = Math.max(ended, rows.length);
    if (rows.length === 0 || Date.now() > deadline) return ended;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
