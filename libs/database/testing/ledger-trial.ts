import { type Caller, completeOptions, type ExportOptions, type RequestedOptions } from '#lib/domain';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { dataSourceOptions, migrate } from '../src/data-source.js';
import {
  ExportEntity,
  ExportLedger,
  type NewExport,
  type Run,
  RunLedger,
  type StoredFile,
  TableLedger,
} from '../src/index.js';
import { ExportTablesEntity } from '../src/entities/export-tables.entity.js';
import { ThrowawayDatabase } from './throwaway-database.js';

/** Both sides of the table of exports, on a migrated database. */
export class LedgerTrial {
  readonly requests: ExportLedger;
  readonly runs: RunLedger;
  readonly tables: TableLedger;

  private constructor(
    readonly database: ThrowawayDatabase,
    readonly source: DataSource,
  ) {
    const exports = source.getRepository(ExportEntity);
    this.requests = new ExportLedger(exports);
    this.runs = new RunLedger(exports);
    this.tables = new TableLedger(source.getRepository(ExportTablesEntity));
  }

  static async start(purpose: string): Promise<LedgerTrial> {
    const database = await ThrowawayDatabase.make(purpose);
    await migrate(database.url);
    return new LedgerTrial(database, await new DataSource(dataSourceOptions(database.url)).initialize());
  }

  async stop(): Promise<void> {
    await this.source.destroy();
    await this.database.drop();
  }

  /** Forgets every export and key, and where the files are. */
  async clear(): Promise<void> {
    await this.database.sql(
      'TRUNCATE pgexport.exports, pgexport.export_tables, pgexport.idempotency_keys, pgexport.stores',
    );
  }

  /** A request as the API makes it; `changes` replaces what a test is about. */
  request(changes: Partial<NewExport> = {}): NewExport {
    return {
      database: 'main',
      options: anOptions(),
      caller: aCaller(),
      idempotency: null,
      maxQueued: 1000,
      ...changes,
    };
  }

  async queued(changes: Partial<NewExport> = {}): Promise<ExportEntity> {
    return (await this.requests.add(this.request(changes))).row;
  }

  /** An export that `workerId` runs. */
  async running(workerId = 'worker', changes: Partial<NewExport> = {}): Promise<{ row: ExportEntity; run: Run }> {
    const { id } = await this.queued(changes);
    const claim = await this.runs.claim(id, workerId, 1000);
    if (!claim.taken) throw new Error(`Not claimed: ${claim.why}`);
    return claim;
  }

  row(id: string): Promise<ExportEntity> {
    return this.source.getRepository(ExportEntity).findOneByOrFail({ id });
  }

  /** Makes an export older than it is: its last report, its expiry, its wait. */
  async age(id: string, column: 'heartbeat_at' | 'expires_at' | 'run_after', by: string): Promise<void> {
    await this.database.sql(`UPDATE pgexport.exports SET ${column} = ${column} - $2::interval WHERE id = $1`, [id, by]);
  }
}

export function anOptions(wishes: RequestedOptions = {}): ExportOptions {
  const options = completeOptions(wishes);
  if ('problem' in options) throw new Error(options.problem);
  return options;
}

export function aCaller(userId: string = randomUUID()): Caller {
  return {
    userId,
    email: 'admin@localhost',
    role: 'SUPER_ADMIN',
    sessionId: randomUUID(),
    via: 'session',
    steppedUpAt: new Date(),
    scopes: null,
    enrolmentDue: false,
  };
}

export function aFile(key: string): StoredFile {
  return { name: 'main.dump', key, sizeBytes: 1, sha256: '00', restoreCommand: 'pg_restore FILE', requires: [] };
}
