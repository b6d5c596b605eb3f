import { readdirSync, readFileSync } from 'node:fs';
import { identify, sendSignal, type ProcessIdentity } from '../machine/processes.ts';

/** Marks everything that one run of the tests starts: processes inherit it, so that none of them gets lost. */
export const runMark = 'PG_EXPORT_TEST_RUN';

export interface LeftBehind extends ProcessIdentity {
  command: string;
}

/** The processes whose environment carries this mark, ourselves left out (Linux; elsewhere none are seen). */
export function findLeftBehind(mark: string): LeftBehind[] {
  const entry = `${runMark}=${mark}`;
  return processNumbers().flatMap((pid) => {
    const isOurs = pid !== process.pid && readProc(pid, 'environ').split('\0').includes(entry);
    const identity = isOurs ? identify(pid) : undefined;
    return identity ? [{ ...identity, command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }] : [];
  });
}

/** Ends them all; PostgreSQL too goes at once, since whatever it holds was made for the tests. */
export function endLeftBehind(processes: readonly LeftBehind[]): void {
  for (const { pid } of processes) sendSignal(pid, 'SIGKILL');
}

function processNumbers(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
