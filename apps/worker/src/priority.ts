import { readdirSync, readFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { lowerSession } from '#lib/dump-engine';

/**
 * A third of the weight of an ordinary process (sched(7)): the exports get whatever nobody else wants, while what an API
 * or a database on the same machine has to do now does not wait for them. Lower still, a worker among many busy
 * processes could come too late to say that it lives.
 */
export const NICE = 5;

/**
 * Lets the rest of the machine go first, for this process and the programs that it starts. Whoever has set a lower
 * priority keeps it; where the system knows none of this, or refuses, nothing changes.
 */
export function letOthersGoFirst(): void {
  // Linux keeps a priority for each thread, and those that read files are there already.
  for (const thread of threads()) lower(thread);
  if (leadsItsSession()) lowerSession(process.pid, NICE);
}

function lower(thread: number): void {
  try {
    if (getPriority(thread) < NICE) setPriority(thread, NICE);
  } catch {
    // It has ended, or the system has none: only the manners are lost.
  }
}

function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}

/** Or others live in the session, which have not been asked. */
function leadsItsSession(): boolean {
  try {
    const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ');
    return Number(fields?.[3]) === process.pid;
  } catch {
    return false;
  }
}
