import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildIfChanged, panelTarget, serverTarget } from '../build-target.ts';
import { installMissing } from '../machine/package-manager.ts';
import { age, chromium, findChromium, redisServer, zstd, type Requirement } from '../machine/programs.ts';
import { launchProcess, type LaunchOptions, type Running } from '../machine/running.ts';
import { wordsOf } from '../plain-error.ts';
import { clientRequirement } from '../postgres/binaries.ts';
import { StopSignal, StopWished } from '../start/stop-signal.ts';
import { endLeftBehind, findLeftBehind, runMark } from './left-behind.ts';
import { select, type Need, type Phase, type Selection } from './phases.ts';
import { lastLine, sum, tallyOfCheck, tallyOfJest, type JestReport, type Tally } from './tally.ts';
import { testEnvironment } from './test-environment.ts';
import { ThrowawayServices } from './throwaway-services.ts';

const root = resolve(import.meta.dirname, '../..');
/** Longest run of one phase; a test that hangs must not hang the machine that waits for the answer. */
const phaseMilliseconds = 40 * 60_000;

const requirements: Partial<Record<Need, Requirement>> = {
  postgres: clientRequirement(),
  redis: redisServer,
  chromium,
  zstd,
  age,
};

const log = (line: string): void => {
  console.log(line);
};

/** `npm test`: prepares what the phases need, runs them all, counts, and leaves nothing running. */
class TestRun {
  private readonly stop = new StopSignal().listen();
  private readonly mark = randomUUID();
  private readonly reports = mkdtempSync(join(tmpdir(), 'pg-export-reports-'));
  private readonly services = new ThrowawayServices(log);
  private readonly tallies: Tally[] = [];
  private readonly running = new Set<Running>();
  private environment: NodeJS.ProcessEnv = { ...testEnvironment(process.env, root), [runMark]: this.mark };

  async run({ phases, jestArguments }: Selection): Promise<Tally> {
    // Servers and builds that this process itself starts are not marked: it stops them.
    try {
      await this.prepare(new Set(phases.flatMap(({ needs }) => needs)));
      this.stop.forceWith(() => {
        for (const running of this.running) running.killGroup();
      });
      const checks = phases.filter(({ isSideBySide }) => isSideBySide);
      await Promise.all([this.runChecks(checks), this.runChecks(checks)]);
      for (const phase of phases.filter(({ isSideBySide }) => !isSideBySide)) {
        this.stop.wish.throwIfAborted();
        await this.runPhase(phase, jestArguments);
      }
    } catch (error) {
      this.tallies.push(tallyOfCheck(false));
      log(error instanceof StopWished ? 'Interrupted' : wordsOf(error));
    } finally {
      await this.cleanUp();
    }
    return sum(this.tallies);
  }

  /** What can't be prepared is one failure; the phases that need it then fail with their own words. */
  private async prepare(needs: ReadonlySet<Need>): Promise<void> {
    const { wish } = this.stop;
    const missing = [...needs].flatMap((need) => requirements[need] ?? []);
    await this.attempt(() => installMissing(missing, log, { signal: wish }));
    if (needs.has('server build')) await this.attempt(() => buildIfChanged(root, serverTarget, log, wish));
    if (needs.has('panel build')) await this.attempt(() => buildIfChanged(root, panelTarget, log, wish));
    await this.attempt(async () => {
      const urls = await this.services.start({ postgres: needs.has('postgres'), redis: needs.has('redis') });
      this.environment = { ...this.environment, ...urls, CHROMIUM_PATH: findChromium() };
    });
  }

  private async attempt(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.stop.wish.throwIfAborted();
      log(wordsOf(error));
      this.tallies.push(tallyOfCheck(false));
    }
  }

  /** One of those who take checks off the list until there are none. What a check says is told in one piece. */
  private async runChecks(list: Phase[]): Promise<void> {
    for (let phase = list.shift(); phase !== undefined; phase = list.shift()) {
      this.stop.wish.throwIfAborted();
      const path = join(this.reports, `${phase.name}.log`);
      const output = openSync(path, 'w');
      const begin = Date.now();
      const succeeded = await this.runCommands(phase, [], output);
      closeSync(output);
      this.stop.wish.throwIfAborted();
      log(`\n▶ ${phase.title}\n${readFileSync(path, 'utf8').trim()}`.trimEnd());
      this.account(phase, tallyOfCheck(succeeded), begin);
    }
  }

  private async runPhase(phase: Phase, jestArguments: readonly string[]): Promise<void> {
    const begin = Date.now();
    log(`\n▶ ${phase.title}`);
    const report = join(this.reports, `${phase.name}.json`);
    const extra = phase.isJest ? ['--json', `--outputFile=${report}`, ...jestArguments] : [];
    const succeeded = await this.runCommands(phase, extra, 'inherit');
    this.stop.wish.throwIfAborted();
    const tally = phase.isJest ? tallyOfJest(readReport(report), succeeded) : tallyOfCheck(succeeded);
    this.account(phase, tally, begin);
  }

  private async runCommands({ commands }: Phase, extra: string[], output: LaunchOptions['output']): Promise<boolean> {
    let succeeded = true;
    for (const command of commands) succeeded &&= await this.runNode([...command, ...extra], output);
    return succeeded;
  }

  private account(phase: Phase, tally: Tally, begin: number): void {
    this.tallies.push(tally);
    const seconds = ((Date.now() - begin) / 1_000).toFixed(1);
    log(`${tally.failed === 0 ? '✔' : '✘'} ${phase.title}: ${phase.isJest ? `${lastLine(tally)}, ` : ''}${seconds} s`);
    if (tally.failed > 0 && phase.remedy !== undefined) log(`  Remedy: ${phase.remedy}`);
  }

  private async runNode(args: readonly string[], output: LaunchOptions['output']): Promise<boolean> {
    const running = launchProcess({
      command: process.execPath,
      args,
      env: this.environment,
      cwd: root,
      output,
    });
    this.running.add(running);
    const end = (): void => running.kill('SIGTERM');
    this.stop.wish.addEventListener('abort', end);
    const limit = setTimeout(() => this.endHanging(running), phaseMilliseconds);
    const { code } = await running.exited;
    this.running.delete(running);
    clearTimeout(limit);
    this.stop.wish.removeEventListener('abort', end);
    return code === 0;
  }

  private endHanging(running: Running): void {
    log(`Stopped: longer than ${phaseMilliseconds / 60_000} minutes`);
    running.killGroup();
  }

  /** Whatever a test left running is ended, and is a failure of its own unless we were interrupted. */
  private async cleanUp(): Promise<void> {
    const leftBehind = findLeftBehind(this.mark);
    endLeftBehind(leftBehind);
    if (leftBehind.length > 0 && !this.stop.wish.aborted) {
      log(`\n✘ Left running by the tests, and ended now:`);
      for (const { pid, command } of leftBehind) log(`  ${pid} ${command}`);
      this.tallies.push(tallyOfCheck(false));
    }
    await this.services.stop();
    rmSync(this.reports, { recursive: true, force: true });
  }
}

function readReport(path: string): JestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  let selection: Selection;
  try {
    selection = select(process.argv.slice(2));
  } catch (error) {
    console.error(wordsOf(error));
    return 2;
  }
  const tally = await new TestRun().run(selection);
  log(`\n${lastLine(tally)}`);
  return tally.failed === 0 ? 0 : 1;
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exit(await main());
