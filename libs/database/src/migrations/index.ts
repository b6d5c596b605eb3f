import { FirstSchema1795400000000 } from './1795400000000-first-schema.js';
import { LoginFailures1795400100000 } from './1795400100000-login-failures.js';
import { ExportAnnouncements1795400200000 } from './1795400200000-export-announcements.js';
import { ApiTokens1795400300000 } from './1795400300000-api-tokens.js';
import { ProvingWorkers1795402000000 } from './1795402000000-proving-workers.js';
import { DownloadsUnderWay1795400600000 } from './1795400600000-downloads-under-way.js';
import { Blocking1795403000000 } from './1795403000000-blocking.js';
import { ExportTables1795403100000 } from './1795403100000-export-tables.js';
import { AuditTrail1795404000000 } from './1795404000000-audit-trail.js';
import { SecondFactor1795405000000 } from './1795405000000-second-factor.js';
import { ProviderAccounts1795405100000 } from './1795405100000-provider-accounts.js';
import { OneStore1795406000000 } from './1795406000000-one-store.js';
import { AuditFilters1795407000000 } from './1795407000000-audit-filters.js';
import { RightsAnnouncements1795407500000 } from './1795407500000-rights-announcements.js';

/** In order; a migration that has been released is never changed. */
export const MIGRATIONS = [
  FirstSchema1795400000000,
  LoginFailures1795400100000,
  ExportAnnouncements1795400200000,
  ApiTokens1795400300000,
  DownloadsUnderWay1795400600000,
  ProvingWorkers1795402000000,
  Blocking1795403000000,
  ExportTables1795403100000,
  AuditTrail1795404000000,
  SecondFactor1795405000000,
  ProviderAccounts1795405100000,
  OneStore1795406000000,
  AuditFilters1795407000000,
  RightsAnnouncements1795407500000,
];
