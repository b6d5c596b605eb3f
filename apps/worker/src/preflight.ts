import type { ExportEntity, PastRuns } from '#lib/database';
import { estimateExport, type RunTimes, type SelectionOptions, type SourceSize, timesOfRunsLike } from '#lib/domain';
import {
  type CatalogTable,
  type OwnSchemas,
  type PgClient,
  type PgPrograms,
  readLargeObjectBytes,
  readNeeds,
  readSourceFacts,
  readSourceSize,
  readSourceTables,
  requireFreeSpace,
  requireReadable,
  resolveSelection,
  type Selection,
  selectionFailure,
  SelectionProblem,
  type SourceFacts,
  spaceNeeds,
} from '#lib/dump-engine';
import type pg from 'pg';
import { scopeOf } from './file-scope.js';

/** What is known of a source before pg_dump starts. */
export interface Survey {
  facts: SourceFacts;
  client: PgClient;
  /** Schemas that are pg-export's own in the source. */
  excluded: string[];
  selection: Selection;
  /** Those whose rows are dumped. */
  tables: CatalogTable[];
  size: SourceSize;
  /** On the server's disk; 0 where none are dumped. */
  largeObjectBytes: number;
  /** See `requires` of a file. Still being asked for on the same connection: pg_dump need not wait for it. */
  needs: Promise<string[]>;
  /** Of the newest export of this database like this one; null where there is none. */
  times: RunTimes | null;
}

/** Finds out whether an export can succeed, before it begins. */
export class Preflight {
  constructor(
    private readonly programs: PgPrograms,
    private readonly ownSchemas: OwnSchemas,
    private readonly pastRuns: Pick<PastRuns, 'of'>,
    private readonly places: { workDir: string; storageDir: string | null },
  ) {}

  /**
   * @throws {ExportFailure} `pg_dump_missing`, `version_mismatch`, `permission_denied` naming what can't be read,
   *   `disk_full`, `source_error` naming a table that is gone, or as of any question to the source
   */
  async look(
    watcher: pg.Client,
    { database, options }: Pick<ExportEntity, 'database' | 'options'>,
    signal: AbortSignal,
  ): Promise<Survey> {
    const [facts, pastRuns] = await Promise.all([readSourceFacts(watcher), this.pastRuns.of(database)]);
    const client = await this.programs.forServer(facts.serverMajor);
    const excluded = await this.ownSchemas.within(facts.identity, signal);
    const selection = await this.select(watcher, options, excluded);
    await requireReadable(watcher, options, selection);
    const all = (await readSourceTables(watcher, excluded)).filter((table) => selection.hasRows(table));
    const size = await readSourceSize(watcher, options, all);
    const estimate = estimateExport(size, options, pastRuns);
    await requireFreeSpace(await spaceNeeds({ estimate, options, clientMajor: client.major, ...this.places }));
    const isWithoutRows = options.content === 'schema';
    const { hasLargeObjects } = scopeOf(options, selection);
    const largeObjectBytes = hasLargeObjects ? await readLargeObjectBytes(watcher) : 0;
    const tables = isWithoutRows ? [] : all;
    const times = timesOfRunsLike(options, pastRuns);
    const needs = readNeeds(watcher, options, selection);
    // Whoever awaits it hears of it; an export that ends before does not.
    needs.catch(() => undefined);
    return { facts, client, excluded, selection, tables, size, largeObjectBytes, needs, times };
  }

  /** Looks the names up again: the queue may have been long. */
  private select(watcher: pg.Client, options: SelectionOptions, ownSchemas: readonly string[]): Promise<Selection> {
    return resolveSelection(watcher, options, ownSchemas).catch((error: unknown) => {
      throw error instanceof SelectionProblem ? selectionFailure(error) : error;
    });
  }
}
