/**
 * `npm run bench -- --scale 16 --rounds 3 [--client FOLDER]`: pg-export beside the bare programs, in the same run, on the
 * same server.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfChanged, panelTarget, serverTarget } from '../build-target.ts';
import { installMissing } from '../machine/package-manager.ts';
import { chromium, zstd } from '../machine/programs.ts';
import { PlainError, wordsOf } from '../plain-error.ts';
import { clientRequirement, findClients, type PostgresBinaries } from '../postgres/binaries.ts';
import { serverFor } from '../postgres/embedded-cluster.ts';
import { StopSignal, StopWished } from '../start/stop-signal.ts';
import { barePrograms, measureBare, peakMemory, warmUp } from './bare-programs.ts';
import { BenchStack, type Databases, type Stack } from './bench-stack.ts';
import { ExportClient, type ExportMeasure } from './export-client.ts';
import { LoadBench } from './load/load-bench.ts';
import { LARGE_SHAPE, MemoryBench, SMALL_SCALE } from './memory-bench.ts';
import { PageBench } from './page-bench.ts';
import { ProgressBench } from './progress-bench.ts';
import { SHAPES } from './progress-shapes.ts';
import {
  PG_EXPORT,
  PG_EXPORT_DIRECTORY,
  table,
  verdictOnGentleMode,
  verdictOnLatency,
  verdictOnStart,
  verdictOnWatching,
  verdicts,
  type Row,
} from './report.ts';

const root = resolve(import.meta.dirname, '../..');
const log = (line: string): void => {
  console.log(line);
};

interface Wish {
  scale: number;
  rounds: number;
  /** Folder of the pg_dump that everybody uses, or undefined for the one that pg-export finds. */
  client: string | undefined;
  /** What the API bears, instead of how long an export takes. */
  load: boolean;
  /** How true what an export shows is, instead. */
  progress: boolean;
  /** What the page costs, instead. */
  page: boolean;
  /** What memory a large export needs, instead. */
  memory: boolean;
}

/** Some 20 seconds for a shop of any scale. */
const GENTLE_BYTES_PER_SECOND_AND_SCALE = 3_000_000;

const usage =
  'Usage: npm run bench -- [--load | --progress | --page | --memory] [--scale 16] [--rounds 3] [--client FOLDER]';

function readWish(args: string[]): Wish {
  const options = {
    scale: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    client: { type: 'string' },
    load: { type: 'boolean', default: false },
    progress: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
  } as const;
  let values: { scale?: string; rounds: string; client?: string } & Pick<Wish, 'load' | 'progress' | 'page' | 'memory'>;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new PlainError(`${wordsOf(error)}. ${usage}`, { exitCode: 2 });
  }
  const { load, progress, page, memory } = values;
  const usualScale = load || page ? 1 : memory ? 160 : 16;
  const [scale, rounds] = [Number(values.scale ?? usualScale), Number(values.rounds)];
  if (!(scale > 0 && scale <= 1_000))
    throw new PlainError('--scale is a number above 0, at most 1000', { exitCode: 2 });
  if (!(Number.isInteger(rounds) && rounds > 0))
    throw new PlainError('--rounds is a whole number above 0', { exitCode: 2 });
  return { scale, rounds, client: values.client && resolve(values.client), load, progress, page, memory };
}

/**
 * Every client that can read the throwaway server, the oldest first: the product takes that one too. A folder that was
 * named stands alone.
 */
async function usableClients(folder?: string): Promise<PostgresBinaries[]> {
  const { major } = await serverFor(undefined, { log });
  const clients = (await findClients(folder)).filter((client) => folder === undefined || client.folder === folder);
  const usable = clients.filter((client) => client.major >= major).sort((a, b) => a.major - b.major);
  if (usable.length > 0) return usable;
  throw new PlainError(`No pg_dump ${major} or newer in ${folder ?? 'any of the usual folders'}`);
}

function databasesFor({ scale, client, progress, memory }: Wish): Databases {
  if (memory) return { scale: SMALL_SCALE, client, shapes: [LARGE_SHAPE], shapeScale: scale };
  return { scale, client, shapes: progress ? Object.keys(SHAPES) : [] };
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
    const { page } = this.wish;
    await installMissing([clientRequirement(), zstd, ...(page ? [chromium] : [])], log, { signal });
    await buildIfChanged(root, serverTarget, log, signal);
    if (page) await buildIfChanged(root, panelTarget, log, signal);
    const stack = new BenchStack(root, log);
    try {
      const clients = await usableClients(this.wish.client);
      const started = await stack.start(databasesFor(this.wish), signal);
      if (this.wish.memory) return await new MemoryBench(started, this.wish.rounds, log, signal).run();
      if (this.wish.progress) return await this.progress(stack.folder, clients, started);
      if (page) return await new PageBench(started, this.wish.rounds, log, signal).run();
      if (this.wish.load) return await new LoadBench(started, stack.folder, this.wish.rounds, log).run();
      return await this.report(stack.folder, clients, started);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      await stack.stop();
    }
  }

  private progress(folder: string, [client]: PostgresBinaries[], stack: Stack): Promise<number> {
    const signal = this.stop.wish;
    const warm = async (PGDATABASE: string) => {
      if (client) await warmUp(client, { folder, pg: { ...stack.pg, PGDATABASE }, signal });
    };
    return new ProgressBench(stack, warm, { rounds: this.wish.rounds, log, signal }).run();
  }

  private async report(folder: string, clients: PostgresBinaries[], stack: Stack): Promise<number> {
    const signal = this.stop.wish;
    const bare = barePrograms(clients);
    const client = new ExportClient(stack, signal);
    await client.signIn();
    if (clients[0]) await warmUp(clients[0], { folder, pg: stack.pg, signal });

    const bareMeasures = bare.map(() => [] as Row['measures'][number][]);
    const exports: ExportMeasure[] = [];
    const directories: ExportMeasure[] = [];
    for (let round = 1; round <= this.wish.rounds; round++) {
      log(`Round ${round} of ${this.wish.rounds}…`);
      for (const [index, program] of bare.entries()) {
        if (program.client) bareMeasures[index]?.push(await measureBare(program, { folder, pg: stack.pg, signal }));
      }
      exports.push(await client.measure());
      directories.push(await client.measure({ format: 'directory' }));
    }
    const peakBytes = await peakMemory(stack.workerPid);
    const rows: Row[] = [
      ...bare.map(({ title }, index) => ({
        title,
        measures: bareMeasures[index] ?? [],
        missing: 'needs a pg_dump ≥ 16, which is not installed',
      })),
      { title: PG_EXPORT, measures: exports, peakBytes },
      { title: PG_EXPORT_DIRECTORY, measures: directories },
    ];
    log(
      `\nScale ${this.wish.scale}, client ${clients[0]?.major ?? '?'}, median of ${this.wish.rounds}:\n\n${table(rows)}\n`,
    );
    const promises = [
      ...verdicts(rows, clients[0]?.major ?? 0),
      verdictOnLatency(await client.postLatencies()),
      verdictOnStart(await client.startLatencies()),
      await this.gentleMode(client),
    ];
    const shares = exports.flatMap(({ watchShare }) => watchShare ?? []);
    if (shares.length > 0) promises.push(verdictOnWatching(shares));
    for (const line of promises) log(line);
    return promises.every((line) => line.startsWith('✔')) ? 0 : 1;
  }

  /** An export that is held back to a fraction of what it could do, without compression: its file is what pg_dump handed over. */
  private async gentleMode(client: ExportClient): Promise<string> {
    const asked = Math.max(Math.round(this.wish.scale * GENTLE_BYTES_PER_SECOND_AND_SCALE), 65_536);
    const { seconds, secondsToPgDump, sizeBytes } = await client.measure({
      compression: 'none',
      maxBytesPerSecond: asked,
    });
    return verdictOnGentleMode(sizeBytes / (seconds - (secondsToPgDump ?? 0)), asked);
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
