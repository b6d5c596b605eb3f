import { DatabaseHealth, SessionStore, TableLedger, UserDirectory, WorkerRoll } from '#lib/database';
import { ExportQueue } from '#lib/queue';
import { Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AuthController } from '../access/auth.controller.js';
import { DownloadLinks } from '../access/download-links.js';
import { LoginThrottle } from '../access/login-throttle.js';
import { OwnAccountController } from '../access/own-account.controller.js';
import { RefreshTokens } from '../access/refresh-tokens.js';
import { SessionDesk } from '../access/session-desk.js';
import { SessionEnding } from '../access/session-ending.js';
import { SignIn } from '../access/sign-in.js';
import { configure } from '../application.js';
import { AuditController } from '../audit/audit.controller.js';
import { AuditDesk } from '../audit/audit-desk.js';
import { DatabaseSurvey } from '../databases/database-survey.js';
import { DatabasesController } from '../databases/databases.controller.js';
import { SourceCatalogs } from '../databases/source-catalogs.js';
import { ExportCourier } from '../exports/export-courier.js';
import { ExportDesk } from '../exports/export-desk.js';
import { ExportEstimator } from '../exports/export-estimator.js';
import { ExportReporter } from '../exports/export-reporter.js';
import { ExportsController } from '../exports/exports.controller.js';
import { ExportTablesController } from '../exports/export-tables.controller.js';
import { FileDesk } from '../exports/file-desk.js';
import { FileHandout } from '../exports/file-handout.js';
import { FileController } from '../exports/file.controller.js';
import { HealthController } from '../health/health.controller.js';
import { StorageWatch } from '../health/storage-watch.js';
import { OidcDesk } from '../oidc/oidc-desk.js';
import { OidcController } from '../oidc/oidc.controller.js';
import { ResetTotpController } from '../second-factor/reset-totp.controller.js';
import { TotpEnrolment } from '../second-factor/totp-enrolment.js';
import { TotpController } from '../second-factor/totp.controller.js';
import { KnownPaths } from '../problems/known-paths.js';
import { TokenDesk } from '../tokens/token-desk.js';
import { TokensController } from '../tokens/tokens.controller.js';
import { UsersController } from '../users/users.controller.js';

export const CONTROLLERS = [
  AuditController,
  AuthController,
  DatabasesController,
  ExportsController,
  ExportTablesController,
  FileController,
  HealthController,
  OidcController,
  OwnAccountController,
  ResetTotpController,
  TokensController,
  TotpController,
  UsersController,
];

/** Stands in for what the controllers delegate to: a description only reads how the routes are declared. */
const absent = (token: Provider): Provider => ({ provide: token as never, useValue: {} });

@Module({
  controllers: CONTROLLERS,
  providers: [
    AuditDesk,
    DatabaseHealth,
    DatabaseSurvey,
    DownloadLinks,
    ExportCourier,
    ExportDesk,
    ExportEstimator,
    ExportQueue,
    ExportReporter,
    FileDesk,
    FileHandout,
    LoginThrottle,
    OidcDesk,
    RefreshTokens,
    SessionDesk,
    SessionEnding,
    SessionStore,
    SignIn,
    SourceCatalogs,
    StorageWatch,
    TableLedger,
    TokenDesk,
    TotpEnrolment,
    UserDirectory,
    WorkerRoll,
  ].map(absent),
})
class DescribedModule {}

/** The routes of the API without anything behind them. */
export async function createDescribedApplication(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(DescribedModule, { logger: false, bodyParser: false });
  const settings = { corsOrigins: [], trustProxy: [], adminAllowedCidrs: [] };
  configure(app, settings, { record: null, paths: new KnownPaths([]) });
  return app;
}
