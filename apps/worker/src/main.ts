import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, type ServiceConfig } from '#lib/config';
import { chooseQueueBackend } from '#lib/queue';
import { NestFactory } from '@nestjs/core';
import { mkdir } from 'node:fs/promises';
import { Logger } from 'nestjs-pino';
import { WorkerModule } from './worker.module.js';

/** sysexits.h EX_CONFIG: a supervisor need not try again. */
const EXIT_CONFIG = 78;

async function start(config: ServiceConfig): Promise<void> {
  chooseQueueBackend(config);
  await mkdir(config.workDir, { recursive: true, mode: 0o700 });
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks();
}

try {
  await start(loadServiceConfig(readEnvironment()));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_CONFIG;
}
