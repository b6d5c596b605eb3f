import { execFileSync } from 'node:child_process';

export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  command: string;
}

/** All processes of the machine that run; zombies, which only wait to be collected, are left out. */
export function processTable(): ProcessRow[] {
  const printed = execFileSync('ps', ['-eo', 'pid=,ppid=,pgid=,stat=,args=', '-ww'], { encoding: 'utf8' });
  return printed.split('\n').flatMap((line) => {
    const [, pid, parent, group, state = '', command = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined || state.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }];
  });
}

/** The processes of one group. */
export function findGroup(group: number): number[] {
  return processTable()
    .filter((row) => row.group === group)
    .map(({ pid }) => pid);
}

/** The processes whose command line contains the text. */
export function findByCommand(text: string): ProcessRow[] {
  return processTable().filter(({ command }) => command.includes(text));
}
