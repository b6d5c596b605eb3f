import { readFileSync, writeFileSync } from 'node:fs';

/** For whoever is not root the kernel takes one such change in a tenth of a second, of the whole machine. */
const TRY_AGAIN_MS = 150;

/**
 * Lowers the priority of a whole session: Linux weighs sessions against each other before it looks at their processes
 * (sched(7), autogroup). A lower one is kept; where the system knows none, or refuses, nothing changes.
 * @param pid of any process of the session
 */
export function lowerSession(pid: number, nice: number): void {
  if (!tryToLower(pid, nice)) setTimeout(() => tryToLower(pid, nice), TRY_AGAIN_MS).unref();
}

/** The priority of the session that a process lives in, by default our own; 0 where the system knows none. */
export function sessionNice(pid: number | 'self' = 'self'): number {
  try {
    return Number(/ nice (-?\d+)/.exec(readFileSync(`/proc/${String(pid)}/autogroup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** @returns false when it may be tried again */
function tryToLower(pid: number, nice: number): boolean {
  try {
    if (sessionNice(pid) < nice) writeFileSync(`/proc/${String(pid)}/autogroup`, String(nice));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EAGAIN';
  }
}
