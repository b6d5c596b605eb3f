import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ChildProcess {
  pid: number;
  /** The command line, as everybody on the machine can read it. */
  args: string[];
}

/** The living processes that this process has started, or that they have. */
export function childProcesses(): ChildProcess[] {
  const all = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  const found = new Set([process.pid]);
  // A child is listed after its parent often enough, but not always.
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== process.pid && found.has(pid));
}

/** The one child whose program is so called. */
export function childCalled(program: string): ChildProcess | undefined {
  return childProcesses().find(({ args }) => args[0]?.endsWith(`/${program}`) === true);
}

function fromProc(): (ChildProcess & { parent: number })[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // "pid (any name) state ppid …"
        const [state, parent] = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), args }];
      } catch {
        return [];
      }
    });
}

function fromPs(): (ChildProcess & { parent: number })[] {
  return execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , program]) => program !== undefined && program !== 'ps')
    .map(([pid, parent, ...args]) => ({ pid: Number(pid), parent: Number(parent), args }));
}
