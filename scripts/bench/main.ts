/** `npm run bench -- --scale 16 --rounds 3`: pg-export beside the bare programs, in the same run, on the same server. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfChanged, serverTarget } from '../build-target.ts';
import { installMissing } from '../machine/package-manager.ts';
import { zstd } from '../machine/programs.ts';
import { PlainError, wordsOf } from '../plain-error.ts';
import { clientRequirement, findClients, type PostgresBinaries } from '../postgres/binaries.ts';
import { serverFor } from '../postgres/embedded-cluster.ts';
import { StopSignal, StopWished } from '../start/stop-signal.ts';
import { barePrograms, measureBare, peakMemory, warmUp } from './bare-programs.ts';
import { BenchStack, type Stack } from './bench-stack.ts';
import { ExportClient, type ExportMeasure } from './export-client.ts';
import { median, PG_EXPORT, table, verdictOnLatency, verdicts, type Row } from './report.ts';

const root = resolve(import.meta.dirname, '../..');
const log = (line: string): void => {
  console.log(line);
};

interface Wish {
  scale: number;
  rounds: number;
}

function readWish(args: string[]): Wish {
  const options = { scale: { type: 'string', default: '16' }, rounds: { type: 'string', default: '3' } } as const;
  let values: { scale: string; rounds: string };
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new PlainError(`${wordsOf(error)}. Usage: npm run bench -- [--scale 16] [--rounds 3]`, { exitCode: 2 });
  }
  const [scale, rounds] = [Number(values.scale), Number(values.rounds)];
  if (!(scale > 0 && scale <= 1_000))
    throw new PlainError('--scale is a number above 0, at most 1000', { exitCode: 2 });
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new PlainError('--rounds is a whole number above 0', { exitCode: 2 });
  return { scale, rounds };
}

/** Every client that can read the throwaway server, the oldest first: the product takes that one too. */
async function usableClients(): Promise<PostgresBinaries[]> {
  const { major } = await serverFor(undefined, { log });
  return (await findClients()).filter((client) => client.major >= major).sort((a, b) => a.major - b.major);
}

class Bench {
  private readonly stop = new StopSignal().listen();
  private readonly wish: Wish;

  constructor(wish: Wish) {
    this.wish = wish;
  }

  /** Gives the exit code: 1 when a promise is broken. */
  async run(): Promise<number> {
    const signal = this.stop.wish;
    await installMissing([clientRequirement(), zstd], log, { signal });
    await buildIfChanged(root, serverTarget, log, signal);
    const stack = new BenchStack(root, log);
    try {
      return await this.report(stack.folder, await stack.start(this.wish.scale, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      await stack.stop();
    }
  }

  private async report(folder: string, stack: Stack): Promise<number> {
    const signal = this.stop.wish;
    const clients = await usableClients();
    const bare = barePrograms(clients);
    const client = new ExportClient(stack, signal);
    await client.signIn();
    if (clients[0]) await warmUp(clients[0], { folder, pg: stack.pg, signal });

    const bareMeasures = bare.map(() => [] as Row['measures'][number][]);
    const exports: ExportMeasure[] = [];
    for (let round = 1; round <= this.wish.rounds; round++) {
      log(`Round ${round} of ${this.wish.rounds}…`);
      for (const [index, program] of bare.entries()) {
        if (program.client) bareMeasures[index]?.push(await measureBare(program, { folder, pg: stack.pg, signal }));
      }
      exports.push(await client.measure());
    }
    const peakBytes = await peakMemory(stack.workerPid);
    const rows: Row[] = [
      ...bare.map(({ title }, index) => ({
        title,
        measures: bareMeasures[index] ?? [],
        missing: 'needs a pg_dump ≥ 16, which is not installed',
      })),
      { title: PG_EXPORT, measures: exports, peakBytes },
    ];
    log(`\nScale ${this.wish.scale}, median of ${this.wish.rounds}:\n\n${table(rows)}\n`);
    const promises = [...verdicts(rows), verdictOnLatency(await client.postLatencies())];
    for (const line of promises) log(line);
    const starts = exports.flatMap(({ secondsToPgDump }) => secondsToPgDump ?? []);
    if (starts.length > 0) log(`From the request to pg_dump's connection: ${(median(starts) * 1_000).toFixed(0)} ms`);
    return promises.every((line) => line.startsWith('✔')) ? 0 : 1;
  }
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
try {
  process.exitCode = await new Bench(readWish(process.argv.slice(2))).run();
} catch (error) {
  if (!(error instanceof StopWished)) console.error(wordsOf(error));
  process.exitCode = error instanceof PlainError ? error.exitCode : 1;
}
process.exit();
