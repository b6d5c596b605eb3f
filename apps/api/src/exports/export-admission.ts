import type { ExportOptions } from '#lib/domain';
import type { SourceCatalogs } from '../databases/source-catalogs.js';
import type { ProofAvailability } from './proof-availability.js';

/** What has to be so, outside of the request, for an export to be accepted. */
export class ExportAdmission {
  constructor(
    private readonly proofs: ProofAvailability,
    private readonly catalogs: SourceCatalogs,
  ) {}

  /** @throws {Refusal} `verify_unavailable`, `unknown_table`, `invalid_options`, `source_unavailable` */
  async require(database: string, options: ExportOptions): Promise<void> {
    if (options.verify === 'restore') await this.proofs.require(database);
    await this.catalogs.check(database, options);
  }
}
