import type { Source } from '#lib/config';
import { WorkerRoll } from '#lib/database';
import { Refusal } from '#lib/domain';
import { connectToSource, disconnect, readSourceFacts, SourceAddress } from '#lib/dump-engine';

/** As long as the health check waits for a worker to be heard of. */
const WORKER_SEEN_SECONDS = 30;
const PATIENCE_MS = 5_000;

/**
 * Whether a file can be restored and compared. The servers for that are the workers', who may be on other machines, so
 * they say themselves which they have.
 */
export class ProofAvailability {
  constructor(
    private readonly roll: WorkerRoll,
    private readonly sources: readonly Source[],
  ) {}

  /**
   * Nothing is refused that can't be known now: without a worker, or a source that answers, the run will tell.
   * @throws {Refusal} `verify_unavailable` naming the package to install
   */
  async require(database: string): Promise<void> {
    const { workers, majors } = await this.roll.servers(WORKER_SEEN_SECONDS);
    if (workers === 0) return;
    const major = await this.majorOf(database).catch(() => null);
    if (major === null || majors.includes(major)) return;
    const version = String(major);
    throw new Refusal(
      'verify_unavailable',
      `No worker has a server of PostgreSQL ${version} to restore the file into: install the package ` +
        `postgresql-${version} where the workers run, or set PG_BIN_DIR there; or ask for verify "archive".`,
    );
  }

  private async majorOf(database: string): Promise<number | null> {
    const source = this.sources.find(({ name }) => name === database);
    if (source === undefined) return null;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const client = await connectToSource(new SourceAddress(source.url), 'pg-export', signal);
    try {
      return (await readSourceFacts(client)).serverMajor;
    } finally {
      await disconnect(client);
    }
  }
}
