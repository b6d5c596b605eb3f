import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchProcess, type Running } from '../machine/running.ts';
import { isAlive, identify } from '../machine/processes.ts';
import { until } from '../../test/support/condition.ts';
import { findGroup } from '../../test/support/process-table.ts';
import { KeepAlive } from './keep-alive.ts';

/** A tiny real program: node running one line of JavaScript. */
const program = (code: string): Running =>
  launchProcess({ command: process.execPath, args: ['-e', code], env: {}, cwd: '/', output: 'inherit' });

const delays = { firstMilliseconds: 20, longestMilliseconds: 80, resetMilliseconds: 60_000 };
const stays = 'setInterval(() => {}, 1000)';

describe('KeepAlive', () => {
  const lines: string[] = [];
  let launched: Running[];
  const keeper = (code: string, graceMilliseconds = 5_000, itsDelays = delays): KeepAlive =>
    new KeepAlive({
      name: 'The program',
      launch: () => {
        const running = program(code);
        launched.push(running);
        return Promise.resolve(running);
      },
      graceMilliseconds,
      log: (line) => lines.push(line),
      logFile: 'program.log',
      delays: itsDelays,
    });

  beforeEach(() => {
    lines.length = 0;
    launched = [];
  });

  it('starts a dead program again, with one line that says how it ended', async () => {
    const one = keeper(stays);
    await one.start();
    one.guard();
    launched[0]?.kill('SIGKILL');
    await until('a second start', () => launched.length === 2);
    expect(lines).toEqual([
      'The program ended (signal SIGKILL): started again in 0.02 s; its last words are in program.log',
    ]);
    await one.stop();
  });

  it('waits longer each time, up to the longest delay', async () => {
    const one = keeper('process.exit(3)');
    await one.start();
    one.guard();
    await until('four deaths', () => lines.length >= 4);
    await one.stop();
    const seconds = lines.slice(0, 4).map((line) => /\(exit code 3\): started again in ([\d.]+) s/.exec(line)?.[1]);
    expect(seconds).toEqual(['0.02', '0.04', '0.08', '0.08']);
  });

  it('does not start again what it stopped', async () => {
    const one = keeper(stays);
    await one.start();
    one.guard();
    await one.stop();
    await new Promise((wake) => setTimeout(wake, 100));
    expect(launched).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  it('does not start again when the stop comes during the delay', async () => {
    const one = keeper('process.exit(1)', 5_000, { ...delays, firstMilliseconds: 1_000 });
    await one.start();
    one.guard();
    await until('a death', () => lines.length === 1);
    await one.stop();
    await new Promise((wake) => setTimeout(wake, 1_200));
    expect(launched).toHaveLength(1);
  });

  it('kills a program that ignores the signal once the grace is over', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pg-export-deaf-'));
    const deaf = join(folder, 'deaf');
    const one = keeper(`process.on('SIGTERM', () => {}); fs.writeFileSync(${JSON.stringify(deaf)}, ''); ${stays}`, 300);
    await one.start();
    await until('it ignores the signal', () => existsSync(deaf));
    await one.stop();
    rmSync(folder, { recursive: true });
    expect(await launched[0]?.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(lines).toEqual(['The program did not stop in time and is killed']);
  });

  it('ends grandchildren of the same group too', async () => {
    const one = keeper(`require('child_process').spawn('sleep', ['61']); ${stays}`);
    const { pid } = await one.start();
    await until('a grandchild', () => findGroup(pid!).length === 2);
    const group = findGroup(pid!).flatMap((member) => identify(member) ?? []);
    await one.stop();
    await until('the end of the group', () => !group.some(isAlive));
  });

  describe('stopped while it starts a dead program again', () => {
    let open: () => void;
    let late: KeepAlive;
    const end = async (running: Running | undefined): Promise<void> => {
      running?.kill('SIGTERM');
      await running?.exited;
    };

    beforeEach(async () => {
      const gate = new Promise<void>((settle) => (open = settle));
      late = new KeepAlive({
        name: 'The program',
        launch: async () => {
          if (launched.length > 0) {
            lines.push('launching again');
            await gate;
          }
          const running = program(stays);
          launched.push(running);
          return running;
        },
        own: { stop: () => end(launched.at(-1)), force: () => launched.at(-1)?.killGroup() },
        graceMilliseconds: 5_000,
        log: (line) => lines.push(line),
        logFile: 'program.log',
        delays,
      });
      await late.start();
      late.guard();
      launched[0]?.kill('SIGKILL');
      await until('the second start', () => lines.includes('launching again'));
    });
    afterEach(() => end(launched[1]));

    const hasEnded = (): boolean => launched.length === 2 && identify(launched[1]!.pid!) === undefined;

    it('stops the new one too', async () => {
      const stopped = late.stop();
      open();
      await stopped;
      expect(hasEnded()).toBe(true);
    });

    it('ends the new one too when it is forced', async () => {
      const stopped = late.stop();
      late.force();
      open();
      await stopped;
      expect(hasEnded()).toBe(true);
    });
  });
});
