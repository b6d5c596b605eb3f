import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { NICE } from './priority.js';

const ours = existsSync('/proc/self/autogroup') ? readFileSync('/proc/self/autogroup', 'latin1') : null;

const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { execFileSync } from 'node:child_process';
  import { getPriority } from 'node:os';
  import { letOthersGoFirst } from '${pathToFileURL(resolve(import.meta.dirname, 'priority.ts')).href}';
  letOthersGoFirst();
  process.stdout.write(JSON.stringify({
    threads: [...new Set(readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread))))],
    child: Number(execFileSync('nice')),
    session: ${String(ours !== null)} ? readFileSync('/proc/self/autogroup', 'latin1') : null,
  }));`;

/** @param alone in a session of its own */
async function priorities({ alone, nice }: { alone: boolean; nice: number }): Promise<unknown> {
  const args = ['-n', String(nice), process.execPath, '--input-type=module', '--eval', PROGRAM];
  const started = spawn('nice', args, { detached: alone, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await Promise.all([text(started.stdout), once(started, 'close')]);
  return JSON.parse(printed);
}

it('lowers every thread, what is started later, and the session', async () => {
  const session: unknown = ours === null ? null : expect.stringMatching(new RegExp(` nice ${String(NICE)}\n$`));
  expect(await priorities({ alone: true, nice: 0 })).toEqual({ threads: [NICE], child: NICE, session });
});

it('leaves a session alone that others live in', async () => {
  expect(await priorities({ alone: false, nice: 0 })).toEqual({ threads: [NICE], child: NICE, session: ours });
});

it('keeps a lower priority that somebody has set', async () => {
  expect(await priorities({ alone: false, nice: 10 })).toMatchObject({ threads: [10], child: 10 });
});
