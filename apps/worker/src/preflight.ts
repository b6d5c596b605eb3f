import type { ExportEntity } from '#lib/database';
import {
  type PgClient,
  type PgPrograms,
  readNeeds,
  readSourceFacts,
  readSourceTables,
  type SourceFacts,
  type SourceTable,
} from '#lib/dump-engine';
import type pg from 'pg';
import type { OwnSchemas } from './own-schemas.js';

/** What is known of a source before pg_dump starts. */
export interface Survey {
  facts: SourceFacts;
  client: PgClient;
  /** Schemas that are pg-export's own in the source. */
  excluded: string[];
  /** Those whose rows are dumped. */
  tables: SourceTable[];
  /** See `requires` of a file. */
  needs: string[];
}

/** Finds out whether an export can succeed, before it begins. */
export class Preflight {
  constructor(
    private readonly programs: PgPrograms,
    private readonly ownSchemas: OwnSchemas,
  ) {}

  /** @throws {ExportFailure} `pg_dump_missing`, `version_mismatch`, or as of any question to the source */
  async look(watcher: pg.Client, { options }: Pick<ExportEntity, 'options'>, signal: AbortSignal): Promise<Survey> {
    const facts = await readSourceFacts(watcher);
    const client = await this.programs.forServer(facts.serverMajor);
    const excluded = await this.ownSchemas.within(facts.identity, signal);
    const tables = options.content === 'schema' ? [] : await readSourceTables(watcher, excluded);
    const needs = await readNeeds(watcher, options, excluded);
    return { facts, client, excluded, tables, needs };
  }
}
