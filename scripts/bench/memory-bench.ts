import { peakMemory } from './bare-programs.ts';
import type { Stack } from './bench-stack.ts';
import { ExportClient } from './export-client.ts';
import { verdictOnMemory } from './report.ts';

/** Of the shop: 100 MB. */
export const SMALL_SCALE = 1.6;
/** One table of some 10 GB. */
export const LARGE_SHAPE = 'huge';

/** What a worker needs for a large export beside what it needed for small ones. */
export class MemoryBench {
  private readonly stack: Stack;
  private readonly rounds: number;
  private readonly log: (line: string) => void;
  private readonly signal: AbortSignal;

  constructor(stack: Stack, rounds: number, log: (line: string) => void, signal: AbortSignal) {
    this.stack = stack;
    this.rounds = rounds;
    this.log = log;
    this.signal = signal;
  }

  /** Gives the exit code: 1 when the promise is broken. */
  async run(): Promise<number> {
    const client = new ExportClient(this.stack, this.signal);
    await client.signIn();
    // Several: a heap finds its size only after a while.
    for (let round = 1; round <= this.rounds; round++) await client.measure();
    const small = await this.peak('small exports');
    const { seconds, sizeBytes } = await client.measure({ database: LARGE_SHAPE });
    this.log(`The large one: ${seconds.toFixed(0)} s, a file of ${(sizeBytes / 1e9).toFixed(2)} GB`);
    const verdict = verdictOnMemory(small, await this.peak('the large one'));
    this.log(verdict);
    return verdict.startsWith('✔') ? 0 : 1;
  }

  private async peak(after: string): Promise<number> {
    const bytes = (await peakMemory(this.stack.workerPid)) ?? Number.NaN;
    this.log(`The worker's highest memory after ${after}: ${(bytes / 1_048_576).toFixed(0)} MiB`);
    return bytes;
  }
}
