import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * A third of the weight of an ordinary process (sched(7)): the exports get whatever nobody else wants, while what an API
 * or a database on the same machine has to do now does not wait for them. Lower still, a worker among many busy
 * processes could come too late to say that it lives.
 */
export const NICE = 5;

/**
 * Lets the rest of the machine go first, for this process and all that it starts. Whoever has set a lower priority
 * keeps it; where the system knows none of this, or refuses, nothing changes.
 */
export function letOthersGoFirst(): void {
  try {
    // Linux keeps a priority for each thread, and those that read files are there already.
    for (const thread of threads()) if (getPriority(thread) < NICE) setPriority(thread, NICE);
    if (leadsItsSession()) lowerSession();
  } catch {
    // Only the manners are lost.
  }
}

function threads(): number[] {
  return process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
}

/** Linux weighs whole sessions against each other before it looks at their processes (sched(7), autogroup). */
function lowerSession(): void {
  const [, nice = '0'] = / nice (-?\d+)/.exec(readFileSync('/proc/self/autogroup', 'latin1')) ?? [];
  if (Number(nice) < NICE) writeFileSync('/proc/self/autogroup', String(NICE));
}

/** Or others live in the session, which have not been asked. */
function leadsItsSession(): boolean {
  const fields = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)?.split(' ');
  return Number(fields?.[3]) === process.pid;
}
