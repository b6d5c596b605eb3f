import type { Source } from '#lib/config';
import { isFiltered, Refusal, type SelectionOptions } from '#lib/domain';
import { type OwnSchemas, readCatalog, readSourceFacts, resolveSelection } from '#lib/dump-engine';
import type pg from 'pg';
import type { DatabaseTableView } from './database-schemas.js';
import { askSource, sourceUrl } from './source-question.js';
import { withPartitions } from './partitioned-sizes.js';

/** What there is in the databases that can be exported. */
export class SourceCatalogs {
  constructor(
    private readonly sources: readonly Source[],
    private readonly ownSchemas: OwnSchemas,
    private readonly patienceMs?: number,
  ) {}

  /**
   * The tables that can be picked, by schema and name; pg-export's own are left out where they are.
   * @throws {Refusal} `not_found`, `source_unavailable`
   */
  async tables(database: string): Promise<DatabaseTableView[]> {
    if (!this.sources.some(({ name }) => name === database)) {
      const known = this.sources.map(({ name }) => name).join(', ');
      throw new Refusal('not_found', `There is no database "${database}". Known: ${known}.`);
    }
    const { relations } = await this.ask(database, async (client, signal) =>
      readCatalog(client, await this.own(client, signal)),
    );
    return withPartitions(relations).map(({ schema, name, kind, sizeBytes, estimatedRows }) => ({
      schema,
      name,
      kind,
      sizeBytes,
      estimatedRows,
    }));
  }

  /**
   * Looks up what an export names, if it names anything.
   * @throws {Refusal} `unknown_table`, `invalid_options`, `source_unavailable`
   */
  async check(database: string, options: SelectionOptions): Promise<void> {
    if (!isFiltered(options)) return;
    await this.ask(database, async (client, signal) =>
      resolveSelection(client, options, await this.own(client, signal)),
    );
  }

  private ask<Answer>(
    database: string,
    question: (client: pg.Client, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    return askSource(sourceUrl(this.sources, database), question, this.patienceMs);
  }

  private async own(client: pg.Client, signal: AbortSignal): Promise<string[]> {
    return this.ownSchemas.within((await readSourceFacts(client)).identity, signal);
  }
}
