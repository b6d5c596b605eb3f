import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface Found {
  pid: number;
  command: string;
}

interface Search {
  /** The name of the running program. */
  program?: string;
  /** An entry of its environment, as `NAME=value`. */
  variable?: string;
  /** A folder that it works in, or names in its arguments. */
  folder?: string;
}

/** Running processes that fit all that is asked (Linux; elsewhere none are seen). */
export function findProcesses({ program, variable, folder }: Search): Found[] {
  return processNumbers().flatMap((pid) => {
    const words = read(pid, 'cmdline').split('\0');
    const command = words.join(' ').trim();
    // Nothing is left of a zombie but its number.
    if (command === '') return [];
    const fits =
      (program === undefined || basename(words[0] ?? '') === program) &&
      (variable === undefined || read(pid, 'environ').split('\0').includes(variable)) &&
      (folder === undefined || command.includes(folder) || workingFolder(pid).startsWith(folder));
    return fits ? [{ pid, command }] : [];
  });
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

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
