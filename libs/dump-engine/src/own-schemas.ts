import { SourceAddress } from './source-address.js';
import { connectToSource, disconnect } from './source-client.js';
import { readSourceFacts } from './source-inspection.js';

/** pg-export's own schemas, left out of an export where, and only where, the exported database holds them. */
export class OwnSchemas {
  private identity: string | null = null;

  /**
   * @param databaseUrl of pg-export's own database
   * @param schemas that it has there
   */
  constructor(
    private readonly databaseUrl: string,
    private readonly schemas: readonly string[],
  ) {}

  /** @param identity of the exported database (`SourceFacts.identity`) */
  async within(identity: string, signal: AbortSignal): Promise<string[]> {
    this.identity ??= await this.readIdentity(signal);
    return identity === this.identity ? [...this.schemas] : [];
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
