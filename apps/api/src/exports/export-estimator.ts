import type { Source } from '#lib/config';
import type { PastRuns } from '#lib/database';
import { estimateExport, type ExportEstimate, ExportFailure, type ExportOptions, Refusal } from '#lib/domain';
import {
  ask,
  connectToSource,
  disconnect,
  type OwnSchemas,
  type PgPrograms,
  readFreeSpace,
  readSourceFacts,
  readSourceSize,
  readSourceTables,
  SourceAddress,
  spaceNeeds,
} from '#lib/dump-engine';
import type pg from 'pg';

/** Somebody waits for the answer. */
const PATIENCE_MS = 10_000;

export interface EstimatorSettings {
  sources: readonly Source[];
  workDir: string;
  storageDir: string | null;
}

export interface EstimateAnswer extends ExportEstimate {
  freeBytes: number;
  fits: boolean;
}

/** Says what an export would take, without dumping anything: the figures that the worker's preflight goes by. */
export class ExportEstimator {
  constructor(
    private readonly settings: EstimatorSettings,
    private readonly programs: PgPrograms,
    private readonly ownSchemas: OwnSchemas,
    private readonly pastRuns: PastRuns,
  ) {}

  /** @throws {Refusal} `source_unavailable` in the words of the failure that an export would end with */
  async estimate(database: string, options: ExportOptions): Promise<EstimateAnswer> {
    const pastRuns = await this.pastRuns.of(database);
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const address = new SourceAddress(this.settings.sources.find(({ name }) => name === database)?.url ?? '');
      const client = await connectToSource(address, 'pg-export', signal);
      try {
        const { clientMajor, size } = await ask(() => this.look(client, options, signal), signal);
        const estimate = estimateExport(size, options, pastRuns);
        const { workDir, storageDir } = this.settings;
        const needs = await spaceNeeds({ estimate, options, clientMajor, workDir, storageDir });
        const { freeBytes, fits } = await readFreeSpace(needs);
        return { ...estimate, freeBytes, fits };
      } finally {
        await disconnect(client);
      }
    } catch (error) {
      throw asRefusal(error, signal);
    }
  }

  private async look(client: pg.Client, options: ExportOptions, signal: AbortSignal) {
    const { serverMajor, identity } = await readSourceFacts(client);
    const { major: clientMajor } = await this.programs.forServer(serverMajor);
    const tables = await readSourceTables(client, await this.ownSchemas.within(identity, signal));
    return { clientMajor, size: await readSourceSize(client, options, tables) };
  }
}

function asRefusal(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) {
    const seconds = String(PATIENCE_MS / 1000);
    return new Refusal('source_unavailable', `The database server did not answer within ${seconds} s.`);
  }
  if (!(error instanceof ExportFailure)) return error;
  const words = error.detail === null ? error.message : `${error.message} ${error.detail}`;
  return new Refusal('source_unavailable', `${error.code}: ${words}`, { cause: error });
}
