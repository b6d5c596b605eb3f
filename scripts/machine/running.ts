import { spawn, type ChildProcess } from 'node:child_process';
import type { OsUser } from './os-user.ts';
import { sendSignal } from './processes.ts';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it could not even be started. */
  error?: Error;
}

/** A long-lived process in a process group of its own, so that a Ctrl-C at the terminal does not reach it. */
export interface Running {
  pid: number | undefined;
  exited: Promise<Exit>;
  kill: (signal: NodeJS.Signals) => void;
  /** Kills it and all of its group that is still there, at once. */
  killGroup: () => void;
}

export interface LaunchOptions {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  user?: OsUser;
  /** An open file that takes standard output and standard error: it goes on working when we die. */
  output: number | 'inherit';
}

export function launchProcess({ command, args, env, cwd, user, output }: LaunchOptions): Running {
  const child = spawn(command, args, {
    cwd,
    env,
    uid: user?.uid,
    gid: user?.gid,
    detached: true,
    stdio: ['ignore', output, output],
  });
  return {
    pid: child.pid,
    exited: exitOf(child),
    kill: (signal) => void child.kill(signal),
    killGroup: () => killGroupOf(child),
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((settle) => {
    child.once('error', (error) => settle({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => settle({ code, signal }));
  });
}

function killGroupOf({ pid }: ChildProcess): void {
  if (pid !== undefined) sendSignal(-pid, 'SIGKILL');
}

/** How a process ended, in words. */
export function exitWords({ code, signal, error }: Exit): string {
  if (error) return error.message;
  return signal ? `signal ${signal}` : `exit code ${code ?? '?'}`;
}
