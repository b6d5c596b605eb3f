import type { ServiceConfig } from '#lib/config';
import { DatabaseModule } from '#lib/database';
import { QueueModule } from '#lib/queue';
import { type DynamicModule, Module } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { AccessModule } from './access/access.module.js';
import type { ServerKeys } from './access/server-keys.js';
import { AuditModule } from './audit/audit.module.js';
import { DatabasesModule } from './databases/databases.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HealthController } from './health/health.controller.js';
import { StorageWatch } from './health/storage-watch.js';
import { requestLog } from './logging.js';
import { OidcModule } from './oidc/oidc.module.js';
import { SecondFactorModule } from './second-factor/second-factor.module.js';
import { TokenDesk } from './tokens/token-desk.js';
import { TokensController } from './tokens/tokens.controller.js';
import { UsersController } from './users/users.controller.js';

@Module({})
export class AppModule {
  static forRoot(config: ServiceConfig, keys: ServerKeys, logStream?: DestinationStream): DynamicModule {
    return {
      module: AppModule,
      imports: [
        requestLog(logStream),
        DatabaseModule.forRoot(config.databaseUrl),
        QueueModule.forRoot(config, 'fails fast'),
        // Before the others with routes: Express tries one after the other, and most requests ask how an export is.
        ExportsModule.forRoot(config),
        AccessModule.forRoot(config, keys),
        AuditModule.forRoot(keys.auditTrail),
        SecondFactorModule.forRoot(keys.secretSeal),
        OidcModule.forRoot(config.oidc),
        DatabasesModule.forRoot(config),
      ],
      controllers: [HealthController, TokensController, UsersController],
      providers: [StorageWatch, TokenDesk],
    };
  }
}
