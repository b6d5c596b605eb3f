import { DataSource, type DataSourceOptions } from 'typeorm';
import { ApiTokenEntity } from './entities/api-token.entity.js';
import { AuditEventEntity } from './entities/audit-event.entity.js';
import { DownloadLinkEntity } from './entities/download-link.entity.js';
import { ExportTablesEntity } from './entities/export-tables.entity.js';
import { ExportEntity } from './entities/export.entity.js';
import { IdempotencyKeyEntity } from './entities/idempotency-key.entity.js';
import { LoginFailureEntity } from './entities/login-failure.entity.js';
import { RecoveryCodeEntity } from './entities/recovery-code.entity.js';
import { RefusalCountEntity } from './entities/refusal-count.entity.js';
import { SessionEntity } from './entities/session.entity.js';
import { StoreEntity } from './entities/store.entity.js';
import { UserEntity } from './entities/user.entity.js';
import { WorkerEntity } from './entities/worker.entity.js';
import { MIGRATIONS } from './migrations/index.js';

/**
 * pg-export's own schema; left out of an export of the database that holds it. PostgreSQL reserves names that begin
 * with `pg_` for itself (SQLSTATE 42939), so there is no underscore: docs/adr/0006.
 */
export const SCHEMA = 'pgexport';

export const ENTITIES = [
  ApiTokenEntity,
  AuditEventEntity,
  DownloadLinkEntity,
  ExportEntity,
  ExportTablesEntity,
  IdempotencyKeyEntity,
  LoginFailureEntity,
  RecoveryCodeEntity,
  RefusalCountEntity,
  SessionEntity,
  StoreEntity,
  UserEntity,
  WorkerEntity,
];

/** Serialises migrations of processes that start together; any fixed number will do. */
const MIGRATION_LOCK = 4_205_003;

export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    schema: SCHEMA,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    applicationName: 'pg-export',
    poolSize: 10,
    connectTimeoutMS: 5_000,
    extra: { keepAlive: true },
  };
}

/** The server ends a statement by itself; where its answer never comes, the network is silent and we stop waiting. */
const STATEMENT_TIMEOUT_MS = 10_000;
const SILENCE_MS = 2_000;

/** For the running services, whose statements are all short; a migration may take as long as it takes. */
export function serviceDataSourceOptions(url: string, statementTimeoutMs = STATEMENT_TIMEOUT_MS): DataSourceOptions {
  return {
    ...dataSourceOptions(url),
    extra: {
      keepAlive: true,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + SILENCE_MS,
    },
  };
}

/**
 * Brings pg-export's schema up to date, as the owner role.
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const source = await new DataSource(dataSourceOptions(url)).initialize();
  try {
    // Held until the connection ends: of services that start together one migrates, the others find it done.
    await source.createQueryRunner().query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // TypeORM keeps its ledger in the schema, so the schema has to be there first.
    await source.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    const ran = await source.runMigrations({ transaction: 'all' });
    return ran.map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}
