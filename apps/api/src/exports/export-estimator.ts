import type { Source } from '#lib/config';
import type { PastRuns } from '#lib/database';
import { estimateExport, type ExportEstimate, type ExportOptions } from '#lib/domain';
import {
  type OwnSchemas,
  type PgPrograms,
  readFreeSpace,
  readSourceFacts,
  readSourceSize,
  readSourceTables,
  resolveSelection,
  spaceNeeds,
} from '#lib/dump-engine';
import type pg from 'pg';
import { askSource, sourceUrl } from '../databases/source-question.js';

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

  /** @throws {Refusal} `unknown_table`, `invalid_options`; `source_unavailable` in the words of the failure that an export would end with */
  async estimate(database: string, options: ExportOptions): Promise<EstimateAnswer> {
    const pastRuns = await this.pastRuns.of(database);
    return askSource(sourceUrl(this.settings.sources, database), async (client, signal) => {
      const { clientMajor, size } = await this.look(client, options, signal);
      const estimate = estimateExport(size, options, pastRuns);
      const { workDir, storageDir } = this.settings;
      const needs = await spaceNeeds({ estimate, options, clientMajor, workDir, storageDir });
      const { freeBytes, fits } = await readFreeSpace(needs);
      return { ...estimate, freeBytes, fits };
    });
  }

  private async look(client: pg.Client, options: ExportOptions, signal: AbortSignal) {
    const { serverMajor, identity } = await readSourceFacts(client);
    const { major: clientMajor } = await this.programs.forServer(serverMajor);
    const own = await this.ownSchemas.within(identity, signal);
    const selection = await resolveSelection(client, options, own);
    const tables = (await readSourceTables(client, own)).filter((table) => selection.hasRows(table));
    return { clientMajor, size: await readSourceSize(client, options, tables) };
  }
}
