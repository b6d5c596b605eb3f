import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, type ServiceConfig } from '#lib/config';
import { AuditLedger, DatabaseModule, grantDataRights, migrate, SCHEMA, UserDirectory } from '#lib/database';
import { migrateQueue, QUEUE_SCHEMA } from '#lib/queue';
import { NestFactory } from '@nestjs/core';
import { writeSync } from 'node:fs';
import { newPassword } from './access/passwords.js';
import { loadServerKeys } from './access/server-keys.js';
import { actsOfMachine } from './audit/acts-of-machine.js';
import { Operator } from './users/operator.js';

const EXIT_CONFIG = 78;

/** What `setup` prints: the account it made, with the password if nobody had chosen one. */
interface SetupResult {
  createdAdmin: { email: string; password: string | null } | null;
}

/** Migrates as the owner role, gives the service's role its rights on data, and makes the first SUPER_ADMIN where there is none. */
async function setUp(config: ServiceConfig): Promise<void> {
  await migrate(config.migrationDatabaseUrl);
  const schemas = [SCHEMA];
  if (config.redisUrl === null) {
    await migrateQueue(config.migrationDatabaseUrl);
    schemas.push(QUEUE_SCHEMA);
  }
  await grantDataRights(config.migrationDatabaseUrl, config.databaseUrl, schemas);
  const { auditTrail } = await loadServerKeys(config.secretsDir);
  const app = await NestFactory.createApplicationContext(DatabaseModule.forRoot(config.databaseUrl), { logger: false });
  try {
    const password = config.superAdminPassword ?? newPassword();
    const operator = new Operator(app.get(UserDirectory), actsOfMachine(app.get(AuditLedger), auditTrail));
    const user = await operator.makeFirst(config.superAdminEmail, password);
    const createdAdmin = user && {
      email: user.email,
      password: config.superAdminPassword === null ? password : null,
    };
    // At once, and synchronously: whatever goes wrong from here on, the password is nowhere else.
    tell({ createdAdmin });
  } finally {
    await app.close();
  }
}

function tell(result: SetupResult): void {
  writeSync(process.stdout.fd, `${JSON.stringify(result)}\n`);
}

try {
  await setUp(loadServiceConfig(readEnvironment()));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
