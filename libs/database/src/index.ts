export {
  type AuditContent,
  type AuditFilter,
  AuditLedger,
  type AuditMark,
  type ChainedEvent,
  type Link,
} from './audit-ledger.js';
export { grantDataRights } from './data-rights.js';
export { migrate, SCHEMA } from './data-source.js';
export { DatabaseHealth } from './database-health.js';
export { DatabaseModule } from './database.module.js';
export { DownloadLinkRegister } from './download-link-register.js';
export { ApiTokenEntity } from './entities/api-token.entity.js';
export { ExportEntity, type StoredError, type FileProof, type StoredFile } from './entities/export.entity.js';
export { SessionEntity } from './entities/session.entity.js';
export { UserEntity } from './entities/user.entity.js';
export { type ChangeAudience, ExportChanges, LISTENER_NAME } from './export-changes.js';
export {
  type ExportFilter,
  ExportLedger,
  type ExportVersion,
  type NewExport,
  type PlacedExport,
} from './export-ledger.js';
export { Housekeeping } from './housekeeping.js';
export { type AttemptRules, LoginFailures } from './login-failures.js';
export { ProviderAccounts, type ProviderSubject } from './provider-accounts.js';
export { type RefusalCount, RefusalCounter } from './refusal-counter.js';
export { type Claim, type Run, RunLedger, type Standing } from './run-ledger.js';
export { SecondFactors, type SecondFactorState } from './second-factors.js';
export { type LivingSession, SessionStore } from './session-store.js';
export { SharedQuestion } from './shared-question.js';
export { StoreRegister } from './store-register.js';
export { SweepTurn } from './sweep-turn.js';
export { TableLedger } from './table-ledger.js';
export { type NewApiToken, TokenStore } from './token-store.js';
export { UserDirectory } from './user-directory.js';
export { PastRuns } from './past-runs.js';
export { WorkerRoll } from './worker-roll.js';
