import { closeSync, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openLogFile } from '../machine/log-file.ts';
import type { Log } from '../machine/package-manager.ts';
import { launchProcess } from '../machine/running.ts';
import { runTool } from '../machine/tool.ts';
import { PlainError } from '../plain-error.ts';
import { KeepAlive } from './keep-alive.ts';
import { NODE_FLAGS } from './node-flags.ts';

export interface FirstAdmin {
  email: string;
  /** Only when it was generated. */
  password: string | null;
}

export interface SetUpOptions {
  root: string;
  environment: NodeJS.ProcessEnv;
  /** Ends it at once: the account may then be made without anybody knowing its password. */
  force: AbortSignal;
  /** Told of the account as soon as the process has ended, however it ended: its password is nowhere else. */
  onFirstAdmin: (admin: FirstAdmin) => void;
}

/** Migrates the databases and makes the first SUPER_ADMIN where there is none; a Ctrl-C at the terminal does not reach it. */
export async function setUp({ root, environment, force, onFirstAdmin }: SetUpOptions): Promise<void> {
  const args = ['--enable-source-maps', join(root, 'dist/apps/api/src/setup.js')];
  const options = { cwd: root, env: environment, signal: force, detached: true };
  const { code, output, stdout } = await runTool(process.execPath, args, options);
  const admin = parseSetupAnswer(stdout);
  if (admin !== null) onFirstAdmin(admin);
  force.throwIfAborted();
  if (code === 78) throw new PlainError(output.trim(), { exitCode: 78 });
  if (code !== 0) throw new PlainError(`The databases could not be prepared: ${output.trim() || `exit code ${code}`}`);
}

/** The line of the setup process: `{"createdAdmin": {"email", "password"} | null}`; null too when it printed none. */
export function parseSetupAnswer(stdout: string): FirstAdmin | null {
  const line = stdout.split('\n').findLast((one) => one.startsWith('{"createdAdmin":') && one.endsWith('}'));
  return line === undefined ? null : (JSON.parse(line) as { createdAdmin: FirstAdmin | null }).createdAdmin;
}

export interface ServiceOptions {
  root: string;
  dataDir: string;
  environment: NodeJS.ProcessEnv;
  graceMilliseconds: number;
  log: Log;
  onLaunch: (pid: number) => void;
}

/** The API or the worker as a process that is kept alive; its output goes to DATA_DIR/logs/<name>.log. */
export function service(name: 'api' | 'worker', options: ServiceOptions): KeepAlive {
  const { root, dataDir, environment, graceMilliseconds, log, onLaunch } = options;
  const logs = join(dataDir, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const logFile = join(logs, `${name}.log`);
  const launch = (): ReturnType<typeof launchProcess> => {
    const output = openLogFile(logFile);
    try {
      partLog(output, name);
      return launchProcess({
        command: process.execPath,
        args: [...NODE_FLAGS[name], join(root, `dist/apps/${name}/src/main.js`)],
        env: environment,
        cwd: root,
        output,
      });
    } finally {
      closeSync(output);
    }
  };
  return new KeepAlive({
    name: name === 'api' ? 'The API' : 'The worker',
    launch: () => Promise.resolve(launch()),
    graceMilliseconds,
    log,
    logFile,
    onLaunch,
  });
}

/** Parts what a process says from what an earlier one has said. A full disk takes no line, and keeps nobody from starting. */
function partLog(output: number, app: string): void {
  try {
    writeSync(output, `${JSON.stringify({ level: 30, time: Date.now(), app, msg: 'A new process starts.' })}\n`);
  } catch {
    // The line is all that is lost.
  }
}
