import { spawn, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { PlainError } from '../plain-error.ts';

export interface ToolResult {
  /** 128 + n when a signal ended it, 127 when it could not be started. */
  code: number;
  /** Standard output and standard error as they came, at most the last 64 KiB. */
  output: string;
  /** Standard output alone, with the same limit. */
  stdout: string;
}

export interface ToolOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'detached'> {
  /** Ends the tool with SIGTERM. */
  signal?: AbortSignal;
  /** Whether its output goes straight to the terminal instead of being collected. */
  show?: boolean;
}

const kept = 64 * 1024;

/** Runs a program to its end. Unless `detached`, it stays in our process group, so that Ctrl-C reaches it too. */
export function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  const { signal, show, ...spawnOptions } = options;
  return new Promise((settle) => {
    const child = spawn(command, args, { ...spawnOptions, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    const collect = (chunk: string): void => {
      output = (output + chunk).slice(-kept);
    };
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      stdout = (stdout + chunk).slice(-kept);
      collect(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', collect);
    const stop = (): void => void child.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    const end = (code: number): void => {
      signal?.removeEventListener('abort', stop);
      settle({ code, output, stdout });
    };
    child.once('error', (error) => {
      output += error.message;
      end(127);
    });
    child.once('close', (code, ended) => end(code ?? 128 + (ended ? constants.signals[ended] : 0)));
    if (signal?.aborted) stop();
  });
}

/** Like {@link runTool}, but anything other than exit code 0 is an error that says what failed and why. */
export async function runToolOrFail(
  failure: string,
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const { code, output } = await runTool(command, args, options);
  options.signal?.throwIfAborted();
  if (code !== 0) throw new PlainError(`${failure} (${command} ended with code ${code}).\n${output.trim()}`.trim());
  return output;
}
