import { ArtifactStore } from '#lib/artifacts';
import type { ServiceConfig } from '#lib/config';
import {
  DatabaseModule,
  ExportLedger,
  Housekeeping,
  PastRuns,
  RunLedger,
  SCHEMA,
  StoreRegister,
  SweepTurn,
  TableLedger,
} from '#lib/database';
import { loggedError } from '#lib/domain';
import { OwnSchemas, PgPrograms, PgServers } from '#lib/dump-engine';
import { LastingLog } from '#lib/log';
import { QUEUE_SCHEMA, QueueModule } from '#lib/queue';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { DumpWorkshop } from './dump-workshop.js';
import { ExportRunner } from './export-runner.js';
import { ExportProcessor } from './export.processor.js';
import { Preflight } from './preflight.js';
import { Presence } from './presence.js';
import { ProvingGround } from './proving-ground.js';
import { Reconciler } from './reconciler.js';
import { SourceBook } from './source-book.js';
import { Sweeper } from './sweeper.js';
import { WorkerIdentity } from './worker-identity.js';
import { WorkFolder } from './work-folder.js';

@Module({})
export class WorkerModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    const servers = new PgServers(config.pgBinDir);
    const folder = new WorkFolder(config.workDir);
    const workshop = (pastRuns: PastRuns) =>
      new DumpWorkshop(
        new SourceBook(config.sources),
        new Preflight(
          new PgPrograms(config.pgBinDir),
          new OwnSchemas(config.databaseUrl, [SCHEMA, QUEUE_SCHEMA]),
          pastRuns,
          config,
        ),
        new ProvingGround(servers, folder, config),
        folder,
        config,
      );
    const limits = {
      timeoutSeconds: config.exportTimeoutSeconds,
      stallSeconds: config.exportStallSeconds,
      retentionHours: config.exportRetentionHours,
    };
    return {
      module: WorkerModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: { stream: new LastingLog(), base: { app: 'worker' }, serializers: { err: loggedError } },
        }),
        DatabaseModule.forRoot(config.databaseUrl),
        QueueModule.forRoot(config, 'waits'),
      ],
      providers: [
        {
          provide: ArtifactStore,
          useFactory: (register: StoreRegister) => ArtifactStore.entered(config.storageDir, register),
          inject: [StoreRegister],
        },
        { provide: PgServers, useValue: servers },
        { provide: WorkerIdentity, useValue: new WorkerIdentity(config) },
        {
          provide: ExportRunner,
          useFactory: (ledger: RunLedger, store: ArtifactStore, pastRuns: PastRuns, tables: TableLedger) =>
            new ExportRunner(ledger, workshop(pastRuns), store, limits, tables),
          inject: [RunLedger, ArtifactStore, PastRuns, TableLedger],
        },
        {
          provide: Sweeper,
          useFactory: (ledger: ExportLedger, store: ArtifactStore, housekeeping: Housekeeping, turn: SweepTurn) =>
            new Sweeper(ledger, store, config, housekeeping, turn),
          inject: [ExportLedger, ArtifactStore, Housekeeping, SweepTurn],
        },
        ExportProcessor,
        Reconciler,
        Presence,
      ],
    };
  }
}
