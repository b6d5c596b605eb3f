/** `npm run soak -- --minutes 10 --seed 1 --queue redis`: random faults against random exports, and what the promise was worth. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildIfChanged, serverTarget } from '../build-target.ts';
import { installMissing } from '../machine/package-manager.ts';
import { age, redisServer, zstd } from '../machine/programs.ts';
import { PlainError, wordsOf } from '../plain-error.ts';
import { clientRequirement } from '../postgres/binaries.ts';
import { StopSignal, StopWished } from '../start/stop-signal.ts';
import { Asker } from './asker.ts';
import { Misfortune } from './faults.ts';
import { makePlan, type Backend } from './plan.ts';
import { allFinal, complaintAboutFile, complaintsAboutRows, leftBehind } from './promise.ts';
import { faultTable, outcomeTable } from './report.ts';
import { Stage } from './stage.ts';

const root = resolve(import.meta.dirname, '../..');
const log = (line: string): void => {
  console.log(line);
};

interface Wish {
  minutes: number;
  seed: number;
  backend: Backend;
}

const usage = 'Usage: npm run soak -- [--minutes 10] [--seed 1] [--queue postgres|redis]';

function readWish(args: string[]): Wish {
  const options = {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    queue: { type: 'string', default: 'postgres' },
  } as const;
  let values: { minutes: string; seed?: string; queue: string };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new PlainError(`${wordsOf(error)}. ${usage}`, { exitCode: 2 });
  }
  const minutes = Number(values.minutes);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const backend = (['postgres', 'redis'] as const).find((name) => name === values.queue);
  if (!(minutes > 0 && minutes <= 1_440) || !Number.isInteger(seed) || backend === undefined)
    throw new PlainError(usage, { exitCode: 2 });
  return { minutes, seed, backend };
}

class Soak {
  private readonly stop = new StopSignal().listen();
  private readonly wish: Wish;

  constructor(wish: Wish) {
    this.wish = wish;
  }

  /** Gives the exit code: 1 when the promise was broken. */
  async run(): Promise<number> {
    const signal = this.stop.wish;
    await installMissing([clientRequirement(), redisServer, zstd, age], log, { signal });
    await buildIfChanged(root, serverTarget, log, signal);
    const stage = new Stage(log);
    try {
      await stage.start(this.wish.backend);
      return await this.play(stage);
    } finally {
      await stage.stop();
    }
  }

  private async play(stage: Stage): Promise<number> {
    const { minutes, seed, backend } = this.wish;
    const plan = makePlan(seed, minutes, backend);
    log(
      `Seed ${seed}, ${minutes} minutes, queue on ${backend}: ${plan.faults.length} faults, ${plan.requests.length} exports`,
    );
    const misfortune = new Misfortune(stage);
    const asker = new Asker(stage, `soak-${seed}`);
    const acts = [
      ...plan.faults.map((fault) => ({ at: fault.atSeconds, act: () => misfortune.strike(fault) })),
      ...plan.requests.map((request, index) => ({ at: request.atSeconds, act: () => asker.ask(request, index) })),
    ].toSorted((a, b) => a.at - b.at);
    const begin = Date.now();
    for (const { at, act } of acts) {
      await sleep(Math.max(0, begin + at * 1_000 - Date.now()), undefined, { signal: this.stop.wish });
      act();
    }
    await misfortune.mended();
    log('All is mended; waiting for what is under way…');
    await asker.content();
    const rows = await allFinal(stage);
    const complaints = complaintsAboutRows(rows, asker.accepted);
    const ready = rows.filter(({ status }) => status === 'ready');
    log(`Restoring and comparing ${ready.length} files…`);
    for (const row of ready) {
      const accepted = asker.accepted.find(({ id }) => id === row.id);
      const complaint = accepted && (await complaintAboutFile(stage, row, accepted));
      if (complaint) complaints.push(complaint);
    }
    complaints.push(...(await leftBehind(stage, rows)));
    await stage.quiet();
    log(`\n${faultTable(misfortune.struck, rows)}\n\n${outcomeTable(rows)}\n`);
    complaints.push(...stage.complaints);
    if (complaints.length > 0) stage.keepLog(`/tmp/pg-export-soak-${seed}.log`);
    log(`Seed ${seed}: ${rows.length} exports, ${ready.length} files restored and compared equal unless told below`);
    for (const complaint of complaints) log(`✘ ${complaint}`);
    log(complaints.length === 0 ? '✔ The promise was kept' : `✘ ${complaints.length} complaints`);
    return complaints.length === 0 ? 0 : 1;
  }
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  process.exitCode = await new Soak(readWish(process.argv.slice(2))).run();
} catch (error) {
  if (!(error instanceof StopWished) && (error as Error).name !== 'AbortError') console.error(wordsOf(error));
  process.exitCode = error instanceof PlainError ? error.exitCode : 1;
}
process.exit();
