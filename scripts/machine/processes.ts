import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** A process told apart from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque: equal for the same process only, also over a reboot. */
  startTime: string;
}

/** The field 22 of /proc/PID/stat (proc_pid_stat(5)): start time in clock ticks since boot. The program's name may hold `) `. */
export function parseStartTicks(stat: string): string | undefined {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

function startTimeOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // A zombie only waits to be collected by its parent: it no longer runs.
      if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return undefined;
      return `${boot}/${parseStartTicks(stat) ?? ''}`;
    }
    const words = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return words === '' ? undefined : words;
  } catch {
    return undefined;
  }
}

/** Who has this number now; undefined when no process has. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return startTimeOf(pid) === startTime;
}

/** The folder a process works in, where the operating system tells (Linux). */
export function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Sends a signal; a process (or, negative, a group) that is already gone is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Ends a process that is not our child: politely, and after the grace by force. */
export async function endProcess(
  identity: ProcessIdentity,
  { polite, force, graceMilliseconds }: { polite: NodeJS.Signals; force: NodeJS.Signals; graceMilliseconds: number },
): Promise<void> {
  sendSignal(identity.pid, polite);
  const deadline = Date.now() + graceMilliseconds;
  let forced = false;
  while (isAlive(identity)) {
    if (!forced && Date.now() > deadline) {
      forced = true;
      sendSignal(identity.pid, force);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
