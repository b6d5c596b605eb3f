import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ENTITIES, serviceDataSourceOptions } from './data-source.js';
import { AuditLedger } from './audit-ledger.js';
import { DatabaseHealth } from './database-health.js';
import { DownloadLinkRegister } from './download-link-register.js';
import { ExportChanges } from './export-changes.js';
import { ExportLedger } from './export-ledger.js';
import { Housekeeping } from './housekeeping.js';
import { LoginFailures } from './login-failures.js';
import { ProviderAccounts } from './provider-accounts.js';
import { RefusalCounter } from './refusal-counter.js';
import { RunLedger } from './run-ledger.js';
import { SecondFactors } from './second-factors.js';
import { SessionStore } from './session-store.js';
import { StoreRegister } from './store-register.js';
import { SweepTurn } from './sweep-turn.js';
import { TableLedger } from './table-ledger.js';
import { TokenStore } from './token-store.js';
import { UserDirectory } from './user-directory.js';
import { PastRuns } from './past-runs.js';
import { WorkerRoll } from './worker-roll.js';

const REPOSITORIES = [
  AuditLedger,
  DatabaseHealth,
  DownloadLinkRegister,
  ExportLedger,
  Housekeeping,
  LoginFailures,
  ProviderAccounts,
  RefusalCounter,
  RunLedger,
  SecondFactors,
  SessionStore,
  StoreRegister,
  SweepTurn,
  TableLedger,
  TokenStore,
  UserDirectory,
  WorkerRoll,
  PastRuns,
];

/** pg-export's own data. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(url: string): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot(serviceDataSourceOptions(url)), TypeOrmModule.forFeature(ENTITIES)],
      providers: [...REPOSITORIES, { provide: ExportChanges, useFactory: () => new ExportChanges(url) }],
      exports: [...REPOSITORIES, ExportChanges],
    };
  }
}
