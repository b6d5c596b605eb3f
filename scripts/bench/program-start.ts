import { readdir, readFile } from 'node:fs/promises';

/** Of /proc's times; the same on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * When a program that still runs was started, in milliseconds since 1970, to a hundredth of a second, by the kernel's own
 * book; undefined where it does not run, or where there is no such book.
 * @param variable of its environment, `NAME=value`
 */
export async function startOfProgram(name: string, variable: string): Promise<number | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((entry) => /^\d+$/.test(entry));
  const starts = await Promise.all(pids.map((pid) => startOf(pid, name, variable)));
  return starts.find((start) => start !== undefined);
}

async function startOf(pid: string, name: string, variable: string): Promise<number | undefined> {
  try {
    if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() !== name) return undefined;
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
    if (!environment.includes(variable)) return undefined;
    const [stat, uptime] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/uptime', 'utf8')]);
    // The second field is the name in parentheses, which may hold anything; starttime is the 22nd.
    const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    return Date.now() - (Number(uptime.split(' ')[0]) - startTicks / TICKS_A_SECOND) * 1_000;
  } catch {
    // It ended meanwhile, or belongs to somebody else.
    return undefined;
  }
}
