import type { ServiceConfig } from '#lib/config';
import { PgPrograms } from '#lib/dump-engine';
import { type DynamicModule, Module } from '@nestjs/common';
import { DatabaseSurvey } from './database-survey.js';
import { DatabasesController } from './databases.controller.js';

@Module({})
export class DatabasesModule {
  static forRoot(config: ServiceConfig): DynamicModule {
    const survey = new DatabaseSurvey(config.sources, new PgPrograms(config.pgBinDir));
    return {
      module: DatabasesModule,
      controllers: [DatabasesController],
      providers: [{ provide: DatabaseSurvey, useValue: survey }],
    };
  }
}
