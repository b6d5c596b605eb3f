import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, requirePlaces, type ServiceConfig } from '#lib/config';
import { chooseQueueBackend } from '#lib/queue';
import { NestFactory } from '@nestjs/core';
import { mkdir } from 'node:fs/promises';
import { Logger } from 'nestjs-pino';
import { ExportProcessor } from './export.processor.js';
import { letOthersGoFirst } from './priority.js';
import { WorkerModule } from './worker.module.js';

/** sysexits.h EX_CONFIG: a supervisor need not try again. */
const EXIT_CONFIG = 78;
/** With its last run over a worker leaves, whether or not the queue and the database hear of it. */
const GOODBYE_MS = 10_000;

async function start(config: ServiceConfig): Promise<void> {
  requirePlaces(config, ['store', 'work', 'programs']);
  chooseQueueBackend(config);
  await mkdir(config.workDir, { recursive: true, mode: 0o700 });
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), {
    bufferLogs: true,
    // By hand: an error of ours comes with its own words, and Nest would put all that it had to say before them.
    autoFlushLogs: false,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.flushLogs();
  app.enableShutdownHooks();
  void app.get(ExportProcessor).left.then(() => setTimeout(() => process.exit(), GOODBYE_MS).unref());
}

letOthersGoFirst();
try {
  await start(loadServiceConfig(readEnvironment()));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // At once: it may have been found out late, with connections open that would keep the process alive.
  process.exit(EXIT_CONFIG);
}
