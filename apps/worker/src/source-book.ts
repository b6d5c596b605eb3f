import type { Source } from '#lib/config';
import { ExportFailure } from '#lib/domain';
import { SourceAddress } from '#lib/dump-engine';

/** The databases that this installation may export, by the names that callers know. */
export class SourceBook {
  private readonly addresses: ReadonlyMap<string, SourceAddress>;

  constructor(sources: readonly Source[]) {
    this.addresses = new Map(sources.map(({ name, url }) => [name, new SourceAddress(url)]));
  }

  /** @throws {ExportFailure} `source_unreachable` for a database that was taken out of the configuration */
  address(name: string): SourceAddress {
    const address = this.addresses.get(name);
    if (address === undefined) {
      throw new ExportFailure('source_unreachable', `The database "${name}" is not configured on this worker.`);
    }
    return address;
  }
}
