import type { ServiceConfig } from '#lib/config';
import { SCHEMA } from '#lib/database';
import { OwnSchemas, PgPrograms } from '#lib/dump-engine';
import { QUEUE_SCHEMA } from '#lib/queue';
import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseSurvey } from './database-survey.js';
import { DatabasesController } from './databases.controller.js';
import { SourceCatalogs } from './source-catalogs.js';

@Module({})
export class DatabasesModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    const survey = new DatabaseSurvey(config.sources, new PgPrograms(config.pgBinDir));
    const ownSchemas = new OwnSchemas(config.databaseUrl, [SCHEMA, QUEUE_SCHEMA]);
    return {
      module: DatabasesModule,
      controllers: [DatabasesController],
      providers: [
        { provide: DatabaseSurvey, useValue: survey },
        { provide: SourceCatalogs, useValue: new SourceCatalogs(config.sources, ownSchemas) },
      ],
      exports: [SourceCatalogs],
    };
  }
}
