import { ExportFailure } from '#lib/domain';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { connectToSource } from '../source-client.js';
import { createDatabase, type DatabaseTraits } from './database-traits.js';
import { FIGURE_SETTINGS } from './figures.js';
import type { ThrowawayServer } from './throwaway-server.js';

/** What connections of a proof are called in its server. */
export const PROOF_APPLICATION = 'pg-export proof';

/** An empty database like the source's in a throwaway server, with the roles and extensions that the file asks for. */
export class RestoreTarget {
  readonly database = 'proof';
  /** Random names: the file's own roles may be called anything. */
  private readonly suffix = randomBytes(6).toString('hex');
  /** Restores, and runs whatever code the file brings: no superuser, and sees all rows. */
  readonly owner = `proof_owner_${this.suffix}`;
  readonly maker = `proof_maker_${this.suffix}`;

  private constructor(readonly server: ThrowawayServer) {}

  /**
   * @param needs as in the file's `requires`: `role …`, `extension …`
   * @throws {ExportFailure} `restore_failed` naming the extensions that are not installed on this machine
   */
  static async prepare(
    server: ThrowawayServer,
    traits: DatabaseTraits,
    needs: readonly string[],
  ): Promise<RestoreTarget> {
    const target = new RestoreTarget(server);
    await target.checkExtensions(named(needs, 'extension '));
    const roles = named(needs, 'role ').map((name) => `CREATE ROLE ${pg.escapeIdentifier(name)} NOLOGIN`);
    const password = pg.escapeLiteral(server.password);
    await server.administer(
      'postgres',
      [
        `CREATE ROLE ${target.owner} LOGIN NOSUPERUSER BYPASSRLS PASSWORD ${password}`,
        `CREATE ROLE ${target.maker} LOGIN SUPERUSER PASSWORD ${password}`,
        ...roles,
      ].join('; '),
    );
    const { asIs, plain } = createDatabase(target.database, target.owner, traits);
    // The locale decides on order alone, and none of what is compared depends on that.
    await server.administer('postgres', asIs).catch(() => server.administer('postgres', plain));
    // Before PostgreSQL 15 it belongs to the superuser, not to the database's owner.
    await target.administer(`ALTER SCHEMA public OWNER TO ${target.owner}`);
    return target;
  }

  /** Runs SQL as the superuser in the database. */
  async administer(sql: string): Promise<void> {
    await this.server.administer(this.database, sql);
  }

  /** Signs in as the owner, with the settings under which rows are compared. */
  async connect(signal: AbortSignal): Promise<pg.Client> {
    const client = await connectToSource(this.server.address(this.database, this.owner), PROOF_APPLICATION, signal);
    await client.query(FIGURE_SETTINGS);
    return client;
  }

  private async checkExtensions(names: readonly string[]): Promise<void> {
    const available = await this.server.administer<{ name: string }>(
      'postgres',
      'SELECT name::text FROM pg_available_extensions WHERE name = ANY ($1::name[])',
      [names],
    );
    const missing = names.filter((name) => !available.some((found) => found.name === name));
    if (missing.length === 0) return;
    throw new ExportFailure(
      'restore_failed',
      `The file needs extensions that are not installed where the worker runs: ${missing.join(', ')}.`,
      {
        detail: `Looked for them beside ${this.server.programs.postgres}. Install their packages, or ask for verify: archive.`,
      },
    );
  }
}

function named(needs: readonly string[], kind: string): string[] {
  return needs.filter((need) => need.startsWith(kind)).map((need) => need.slice(kind.length));
}
