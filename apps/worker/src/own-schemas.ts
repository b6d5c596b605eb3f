import { SCHEMA } from '#lib/database';
import { connectToSource, disconnect, readSourceFacts, SourceAddress } from '#lib/dump-engine';
import { QUEUE_SCHEMA } from '#lib/queue';

/** pg-export's own schemas, left out of an export where, and only where, the exported database holds them. */
export class OwnSchemas {
  private identity: string | null = null;

  constructor(private readonly databaseUrl: string) {}

  /** @param identity of the exported database (`SourceFacts.identity`) */
  async within(identity: string, signal: AbortSignal): Promise<string[]> {
    this.identity ??= await this.readIdentity(signal);
    return identity === this.identity ? [SCHEMA, QUEUE_SCHEMA] : [];
  }

  private async readIdentity(signal: AbortSignal): Promise<string> {
    const client = await connectToSource(new SourceAddress(this.databaseUrl), 'pg-export', signal);
    try {
      return (await readSourceFacts(client)).identity;
    } finally {
      await disconnect(client);
    }
  }
}
