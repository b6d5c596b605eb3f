import type { Source } from '#lib/config';
import { ExportFailure } from '#lib/domain';
import { connectToSource, type PgPrograms, readDatabaseSize, readSourceFacts, SourceAddress } from '#lib/dump-engine';
import type { DatabaseView } from './database-schemas.js';

/** A page that waits for a database that is away has to come up all the same. */
const PATIENCE_MS = 5_000;

/** Looks at the databases that can be exported. */
export class DatabaseSurvey {
  constructor(
    private readonly sources: readonly Source[],
    private readonly programs: PgPrograms,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** All of them side by side; one that can't be reached says why and holds nobody up for longer than its time limit. */
  all(): Promise<DatabaseView[]> {
    return Promise.all(this.sources.map((source) => this.one(source)));
  }

  private one({ name, url }: Source): Promise<DatabaseView> {
    const address = new SourceAddress(url);
    const unknown: DatabaseView = {
      name,
      host: address.host,
      port: address.port,
      database: address.database,
      serverVersion: null,
      sizeBytes: null,
      pgDumpVersion: null,
      reachable: false,
      problem: null,
      problemCode: null,
    };
    const silence = new Promise<DatabaseView>((resolve) => {
      const problem = `The database server did not answer within ${String(this.patienceMs / 1000)} s.`;
      setTimeout(() => resolve({ ...unknown, problem, problemCode: 'source_unreachable' }), this.patienceMs).unref();
    });
    return Promise.race([this.look(address, unknown), silence]);
  }

  private async look(address: SourceAddress, unknown: DatabaseView): Promise<DatabaseView> {
    const view = { ...unknown };
    try {
      const client = await connectToSource(address, 'pg-export');
      try {
        const facts = await readSourceFacts(client);
        view.reachable = true;
        view.serverVersion = facts.serverVersion;
        view.sizeBytes = await readDatabaseSize(client);
        view.pgDumpVersion = (await this.programs.forServer(facts.serverMajor)).version;
      } finally {
        await client.end().catch(() => undefined);
      }
    } catch (error) {
      const failure = ExportFailure.from(error);
      view.problem = failure.detail === null ? failure.message : `${failure.message} ${failure.detail}`;
      view.problemCode = failure.code;
    }
    return view;
  }
}
