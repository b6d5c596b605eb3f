import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, type ServiceConfig } from '#lib/config';
import { AuditLedger, DatabaseModule, UserDirectory } from '#lib/database';
import { ROLES } from '#lib/domain';
import { NestFactory } from '@nestjs/core';
import { loadServerKeys } from '../access/server-keys.js';
import { actsOfMachine } from '../audit/acts-of-machine.js';
import { Operator } from './operator.js';

const EXIT_CONFIG = 78;
const EXIT_USAGE = 2;
const USAGE = `usage: npm run user -- create EMAIL [${ROLES.join('|')}]
       npm run user -- reset-password EMAIL`;

async function run(config: ServiceConfig, words: readonly string[]): Promise<void> {
  const { auditTrail } = await loadServerKeys(config.secretsDir);
  const app = await NestFactory.createApplicationContext(DatabaseModule.forRoot(config.databaseUrl), {
    logger: false,
    abortOnError: false,
  });
  try {
    const operator = new Operator(app.get(UserDirectory), actsOfMachine(app.get(AuditLedger), auditTrail));
    const answer = await operator.obey(words);
    if (answer === null) process.exitCode = EXIT_USAGE;
    (answer === null ? process.stderr : process.stdout).write(`${answer ?? USAGE}\n`);
  } finally {
    await app.close();
  }
}

try {
  await run(loadServiceConfig(readEnvironment()), process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
