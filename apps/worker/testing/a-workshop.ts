import { PgPrograms } from '#lib/dump-engine';
import { DumpWorkshop } from '../src/dump-workshop.js';
import { OwnSchemas } from '../src/own-schemas.js';
import { Preflight } from '../src/preflight.js';
import { SourceBook } from '../src/source-book.js';
import { WorkFolder } from '../src/work-folder.js';

export interface WorkshopSetting {
  /** URLs of the databases, by name. */
  sources: Record<string, string>;
  workDir: string;
  /** Of pg-export's own database. */
  databaseUrl: string;
  lockTimeoutSeconds?: number;
}

/** A workshop as the worker puts it together. */
export function aWorkshop({ sources, workDir, databaseUrl, lockTimeoutSeconds = 30 }: WorkshopSetting): DumpWorkshop {
  return new DumpWorkshop(
    new SourceBook(Object.entries(sources).map(([name, url]) => ({ name, url }))),
    new Preflight(new PgPrograms(null), new OwnSchemas(databaseUrl)),
    new WorkFolder(workDir),
    { exportLockTimeoutSeconds: lockTimeoutSeconds },
  );
}
