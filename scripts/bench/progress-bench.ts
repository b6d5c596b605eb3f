import type { Accuracy } from './accuracy.ts';
import { SHOP, type Stack } from './bench-stack.ts';
import { ExportClient } from './export-client.ts';
import { SHAPES } from './progress-shapes.ts';

/** Points of a hundred, and a share of the time that was left. */
const PROMISE = { medianDistance: 3, worstDistance: 10, etaError: 0.25 };

/** How far what an export shows is from the truth, on databases whose progress is hard to tell. */
export class ProgressBench {
  private readonly client: ExportClient;
  private readonly warmUp: (database: string) => Promise<void>;
  private readonly rounds: number;
  private readonly log: (line: string) => void;

  /** @param warmUp brings a database into the system's cache, so that no export is the one that reads the disk */
  constructor(
    stack: Stack,
    warmUp: (database: string) => Promise<void>,
    { rounds, log, signal }: { rounds: number; log: (line: string) => void; signal: AbortSignal },
  ) {
    this.client = new ExportClient(stack, signal);
    this.warmUp = warmUp;
    this.rounds = rounds;
    this.log = log;
  }

  /** Gives the exit code: 1 when a promise is broken. */
  async run(): Promise<number> {
    await this.client.signIn();
    const cases: { database: string; options: Record<string, unknown> }[] = [
      { database: SHOP, options: {} },
      { database: SHOP, options: { compression: 'gzip' } },
      { database: SHOP, options: { format: 'directory' } },
      ...Object.keys(SHAPES).map((database) => ({ database, options: { database } })),
    ];
    let isKept = true;
    for (const { database, options } of cases) {
      await this.warmUp(database);
      for (let round = 1; round <= this.rounds; round++) {
        const seen = await this.client.accuracy(options);
        const keeps = keepsPromise(seen);
        isKept &&= keeps;
        // The next one is weighed by how long the parts of this one took.
        const which = round === 1 ? 'the first one' : 'a later one';
        this.log(`${keeps ? '✔' : '✘'} ${JSON.stringify(options)}, ${which}: ${wordsOfAccuracy(seen)}`);
      }
    }
    return isKept ? 0 : 1;
  }
}

function keepsPromise({ medianDistance, worstDistance, worstEtaError }: Accuracy): boolean {
  return (
    medianDistance <= PROMISE.medianDistance &&
    worstDistance <= PROMISE.worstDistance &&
    (worstEtaError ?? 0) <= PROMISE.etaError
  );
}

function wordsOfAccuracy(seen: Accuracy & { seconds: number }): string {
  const points = `median ${seen.medianDistance.toFixed(1)} points off, worst ${seen.worstDistance.toFixed(1)}`;
  const eta = seen.worstEtaError === null ? '' : `, time left off by ${(seen.worstEtaError * 100).toFixed(0)} %`;
  return `${seen.seconds.toFixed(1)} s, ${points}${eta}`;
}
