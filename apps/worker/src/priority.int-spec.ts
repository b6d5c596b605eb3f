import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sessionNice } from '#lib/dump-engine';
import { NICE } from './priority.js';

const BUILT = join(import.meta.dirname, '../../../dist');
const PROGRAM = `
  import { readdirSync } from 'node:fs';
  import { getPriority } from 'node:os';
  import { ChildProgram } from '${join(BUILT, 'libs/dump-engine/src/child-program.js')}';
  import { sessionNice } from '${join(BUILT, 'libs/dump-engine/src/index.js')}';
  import { letOthersGoFirst } from '${join(BUILT, 'apps/worker/src/priority.js')}';
  letOthersGoFirst();
  const child = new ChildProgram('/bin/cat', [], {}, { hasChildren: true });
  // Whoever is not root may have to try twice.
  const wanted = () => sessionNice(child.pid) >= sessionNice() && sessionNice() >= EXPECTED;
  for (let look = 0; look < 40 && !wanted(); look++) await new Promise((wake) => setTimeout(wake, 50));
  process.stdout.write(JSON.stringify({
    threads: [...new Set(readdirSync('/proc/self/task').map((thread) => getPriority(Number(thread))))],
    child: getPriority(child.pid),
    session: sessionNice(),
    childSession: sessionNice(child.pid),
  }));
  child.stdin.end();`;

/** Under `npm test` it is 0; what is asked of the system then comes on top of it. */
const own = getPriority();
const lowered = Math.max(own, NICE);
const inSessions = (nice: number) => (existsSync('/proc/self/autogroup') ? nice : 0);

/** @param alone in a session of its own */
async function priorities({ alone, nice }: { alone: boolean; nice: number }): Promise<unknown> {
  const program = `const EXPECTED = ${String(alone ? inSessions(NICE) : 0)};${PROGRAM}`;
  const args = ['-n', String(nice), process.execPath, '--input-type=module', '--eval', program];
  const started = spawn('nice', args, { detached: alone, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed] = await Promise.all([text(started.stdout), once(started, 'close')]);
  return JSON.parse(printed);
}

it('lowers every thread, the programs that are started, and the session, also that of a program with children', async () => {
  expect(await priorities({ alone: true, nice: 0 })).toEqual({
    ...{ threads: [lowered], child: lowered },
    ...{ session: inSessions(NICE), childSession: inSessions(NICE) },
  });
});

it('leaves a session alone that others live in', async () => {
  expect(await priorities({ alone: false, nice: 0 })).toEqual({
    ...{ threads: [lowered], child: lowered },
    ...{ session: sessionNice(), childSession: inSessions(Math.max(sessionNice(), 0)) },
  });
});

it('keeps a lower priority that somebody has set', async () => {
  const lower = Math.max(Math.min(own + 10, 19), NICE);
  expect(await priorities({ alone: false, nice: 10 })).toMatchObject({ threads: [lower], child: lower });
});
