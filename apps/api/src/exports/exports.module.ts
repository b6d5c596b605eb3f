import { ArtifactStore } from '#lib/artifacts';
import type { ServiceConfig } from '#lib/config';
import { PastRuns, SCHEMA, StoreRegister, WorkerRoll } from '#lib/database';
import { OwnSchemas, PgPrograms } from '#lib/dump-engine';
import { QUEUE_SCHEMA } from '#lib/queue';
import { type DynamicModule, Module } from '@nestjs/common';
import { SourceCatalogs } from '../databases/source-catalogs.js';
import { ExportAdmission } from './export-admission.js';
import { ExportCourier } from './export-courier.js';
import { DeskRules, ExportDesk } from './export-desk.js';
import { ExportEstimator } from './export-estimator.js';
import { ExportLookout } from './export-lookout.js';
import { ExportReporter } from './export-reporter.js';
import { ExportSightings } from './export-sightings.js';
import { ExportsController } from './exports.controller.js';
import { ProofAvailability } from './proof-availability.js';
import { ExportTablesController } from './export-tables.controller.js';
import { FileDesk } from './file-desk.js';
import { FileHandout } from './file-handout.js';
import { FileController } from './file.controller.js';

@Module({})
export class ExportsModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    const rules = new DeskRules(
      config.sources.map(({ name }) => name),
      config.exportsEnabled,
      config.exportMaxQueued,
    );
    const ownSchemas = new OwnSchemas(config.databaseUrl, [SCHEMA, QUEUE_SCHEMA]);
    return {
      module: ExportsModule,
      controllers: [ExportsController, ExportTablesController, FileController],
      providers: [
        ExportCourier,
        ExportDesk,
        ExportLookout,
        ExportReporter,
        ExportSightings,
        FileDesk,
        FileHandout,
        {
          provide: ExportEstimator,
          useFactory: (pastRuns: PastRuns) =>
            new ExportEstimator(config, new PgPrograms(config.pgBinDir), ownSchemas, pastRuns),
          inject: [PastRuns],
        },
        {
          provide: ExportAdmission,
          useFactory: (roll: WorkerRoll) =>
            new ExportAdmission(
              new ProofAvailability(roll, config.sources),
              new SourceCatalogs(config.sources, ownSchemas),
            ),
          inject: [WorkerRoll],
        },
        { provide: DeskRules, useValue: rules },
        {
          provide: ArtifactStore,
          useFactory: (register: StoreRegister) => ArtifactStore.entered(config.storageDir, register),
          inject: [StoreRegister],
        },
      ],
      exports: [ArtifactStore],
    };
  }
}
