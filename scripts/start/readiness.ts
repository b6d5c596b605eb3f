import { lastLinesOf } from '../machine/log-file.ts';
import { exitWords, type Exit, type Running } from '../machine/running.ts';
import { PlainError } from '../plain-error.ts';

/** sysexits.h EX_CONFIG: the process refuses its configuration, and has said why in plain words. */
const EXIT_CONFIG = 78;

export interface ReadinessOptions {
  name: string;
  url: string;
  running: Running;
  logFile: string;
  timeoutSeconds: number;
  signal?: AbortSignal;
}

/** Waits until the URL answers 200; fails when the process ends first, or when the time is over, with the last answer. */
export async function untilReady({
  name,
  url,
  running,
  logFile,
  timeoutSeconds,
  signal,
}: ReadinessOptions): Promise<void> {
  const state: { exit?: Exit } = {};
  void running.exited.then((exit) => (state.exit = exit));
  const deadline = Date.now() + timeoutSeconds * 1_000;
  const patience = (): AbortSignal => AbortSignal.any([AbortSignal.timeout(5_000), ...(signal ? [signal] : [])]);
  let answer = 'no answer';
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (state.exit) {
      const isConfiguration = state.exit.code === EXIT_CONFIG;
      const said = isConfiguration ? plainWords(logFile) : '';
      const words = `${name} ended at start (${exitWords(state.exit)}). Its words are in ${logFile}`;
      throw new PlainError(said ? `${said}\n${words}` : words, { exitCode: isConfiguration ? EXIT_CONFIG : 1 });
    }
    const response = await fetch(url, { signal: patience() }).catch(() => undefined);
    const body = await response?.text().catch(() => '');
    if (response?.status === 200) return;
    if (response) answer = answerWords(response.status, body ?? '');
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new PlainError(`${name} is not ready after ${timeoutSeconds} s: ${answer}. Its words are in ${logFile}`);
}

/** What the process said for people at its end: the lines after its last entry in JSON. */
function plainWords(logFile: string): string {
  const lines = lastLinesOf(logFile, 20);
  return lines.slice(lines.findLastIndex((line) => line.startsWith('{')) + 1).join('\n');
}

/** What a health answer says is down; the answer itself where it is not one. */
export function answerWords(status: number, body: string): string {
  try {
    const { parts } = JSON.parse(body) as { parts: Record<string, string> };
    const down = Object.keys(parts).filter((part) => parts[part] !== 'up');
    if (down.length > 0) return `${down.join(' and ')} ${down.length === 1 ? 'is' : 'are'} down`;
  } catch {
    // Not our health page: shown as it came.
  }
  return `answer ${status} ${body.slice(0, 500)}`;
}

/** The address people and probes use for a listening address: one that means "all" is reached over loopback. */
export function originOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function probeOriginOf(host: string, port: number): string {
  const loopback: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return originOf(loopback[host] ?? host, port);
}
