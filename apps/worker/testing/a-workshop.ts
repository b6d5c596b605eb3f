import type { PastRun } from '#lib/domain';
import { SCHEMA } from '#lib/database';
import { QUEUE_SCHEMA } from '#lib/queue';
import { OwnSchemas, PgPrograms, PgServers } from '#lib/dump-engine';
import { DumpWorkshop } from '../src/dump-workshop.js';
import { Preflight } from '../src/preflight.js';
import { ProvingGround } from '../src/proving-ground.js';
import { SourceBook } from '../src/source-book.js';
import { WorkFolder } from '../src/work-folder.js';

export interface WorkshopSetting {
  /** URLs of the databases, by name. */
  sources: Record<string, string>;
  workDir: string;
  /** Of pg-export's own database. */
  databaseUrl: string;
  lockTimeoutSeconds?: number;
  yieldSeconds?: number | null;
  /** Of pg_dump; otherwise it is looked for. */
  pgBinDir?: string | null;
  pastRuns?: PastRun[];
}

/** A workshop as the worker puts it together. */
export function aWorkshop(setting: WorkshopSetting): DumpWorkshop {
  const { sources, workDir, databaseUrl, lockTimeoutSeconds = 30, yieldSeconds = null } = setting;
  const { pgBinDir = null, pastRuns = [] } = setting;
  const folder = new WorkFolder(workDir);
  const settings = { exportLockTimeoutSeconds: lockTimeoutSeconds, exportYieldSeconds: yieldSeconds };
  return new DumpWorkshop(
    new SourceBook(Object.entries(sources).map(([name, url]) => ({ name, url }))),
    new Preflight(
      new PgPrograms(pgBinDir),
      new OwnSchemas(databaseUrl, [SCHEMA, QUEUE_SCHEMA]),
      { of: () => Promise.resolve(pastRuns) },
      { workDir, storageDir: null },
    ),
    new ProvingGround(new PgServers(null), folder, settings),
    folder,
    settings,
  );
}
