import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { ExportFailure } from '#lib/domain';
import { ChildProgram, describeExit, isSuccess } from '../child-program.js';
import type { PgClient } from '../pg-programs.js';
import { type FedArchive, feedArchive } from './archive-feed.js';
import { planRestore, type Restorer, type RestoreStep } from './restore-plan.js';
import { classifyRestoreError, isRestoreChatter } from './restore-words.js';
import { PROOF_APPLICATION, type RestoreTarget } from './restore-target.js';

const ROWS_OF = /^pg_restore: processing data for table "(.*)"$/;
/** Event triggers could be switched off for a session since then; superusers' ones do. */
const FIRST_SERVER_WITH_EVENT_TRIGGER_SWITCH = 17;

/** What extensions bring along belongs to the superuser who made them; their rows and objects may be the file's. */
const GRANT_EXTENSIONS = (owner: string) => `
  DO $do$
  DECLARE command text;
  BEGIN
    FOR command IN
      SELECT format('GRANT ALL ON %s TO ${owner}', CASE d.classid
               WHEN 'pg_class'::regclass THEN CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass
               WHEN 'pg_namespace'::regclass THEN 'SCHEMA ' || d.objid::regnamespace
               ELSE 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) END)
        FROM pg_depend d
        LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'S')
        LEFT JOIN pg_foreign_data_wrapper w ON d.classid = 'pg_foreign_data_wrapper'::regclass AND w.oid = d.objid
       WHERE d.deptype = 'e' AND (c.oid IS NOT NULL OR w.oid IS NOT NULL OR d.classid = 'pg_namespace'::regclass)
      UNION ALL SELECT format('GRANT ALL ON FOREIGN DATA WRAPPER %I TO ${owner}', fdwname) FROM pg_foreign_data_wrapper
    LOOP EXECUTE command; END LOOP;
  END $do$`;

/** An archive of the format custom, or the folder of one of the format directory. */
export type ProvenArchive = FedArchive | { folder: string };

export interface RestoreInput {
  archive: ProvenArchive;
  client: PgClient;
  target: RestoreTarget;
  /** See {@link planRestore}. */
  privileged: ReadonlySet<string>;
  noPrivileges: boolean;
  /** Sees how far it is. */
  onProgress: (progress: RestoreProgress) => void;
}

export interface RestoreProgress {
  /** Bytes of the file; 0 of a folder, which pg_restore reads itself. */
  bytesRead: number;
  entriesDone: number;
  entriesTotal: number;
  tablesDone: number;
  tablesTotal: number;
  /** `schema.table` whose rows are being restored. */
  currentTable: string | null;
}

/** Restores a file as its owner would, by pg_restore, step by step of a plan. No process outlives it. */
export class Restore {
  private readonly progress: RestoreProgress = {
    bytesRead: 0,
    entriesDone: 0,
    entriesTotal: 0,
    tablesDone: 0,
    tablesTotal: 0,
    currentTable: null,
  };

  constructor(private readonly input: RestoreInput) {}

  /** @throws {ExportFailure} `restore_failed`, `disk_full`, or the signal's reason */
  async run(signal: AbortSignal): Promise<void> {
    const steps = planRestore(await this.list(signal), this.input.privileged);
    const lines = steps.flatMap((step) => step.lines);
    this.progress.entriesTotal = lines.length;
    this.progress.tablesTotal = lines.filter((line) => line.includes(' TABLE DATA ')).length;
    for (const step of steps) await this.take(step, signal);
    this.progress.currentTable = null;
    this.tell();
  }

  private async list(signal: AbortSignal): Promise<string> {
    let listing = '';
    await this.pgRestore(['--list'], {}, { onOutput: (text) => (listing += text) }, false, signal);
    return listing;
  }

  private async take(step: RestoreStep, signal: AbortSignal): Promise<void> {
    const { target, noPrivileges } = this.input;
    const listPath = join(target.server.folder.home, 'list');
    await writeFile(listPath, `${step.lines.join('\n')}\n`, { mode: 0o600 });
    const args = [
      `--use-list=${listPath}`,
      `--dbname=${target.database}`,
      '--no-owner',
      ...(noPrivileges ? ['--no-privileges'] : []),
      '--no-tablespaces',
      '--no-security-labels',
      '--exit-on-error',
      '--no-password',
      '--verbose',
    ];
    const onLine = (line: string) => this.readLine(line);
    await this.pgRestore(args, this.environment(step.by), { onLine }, step.hasData, signal);
    if (step.by === 'maker') await target.administer(`REASSIGN OWNED BY ${target.maker} TO ${target.owner}`);
    if (step.by === 'admin') await this.openExtensions(step);
  }

  /** Not after event triggers are there, when a superuser does nothing any more. */
  private async openExtensions(step: RestoreStep): Promise<void> {
    const isMain = step.lines.some((line) => / (EXTENSION|FOREIGN DATA WRAPPER) - /.test(line));
    if (isMain) await this.input.target.administer(GRANT_EXTENSIONS(this.input.target.owner));
  }

  private environment(by: Restorer): Record<string, string> {
    const { target } = this.input;
    const { major } = target.server.programs;
    const role = { owner: target.owner, maker: target.maker, admin: target.server.admin }[by];
    const environment = target.server.address(target.database, role).libpqEnvironment(PROOF_APPLICATION, major);
    if (by === 'owner' || major < FIRST_SERVER_WITH_EVENT_TRIGGER_SWITCH) return environment;
    return { ...environment, PGOPTIONS: `${environment['PGOPTIONS'] ?? ''} -c event_triggers=off` };
  }

  private async pgRestore(
    args: readonly string[],
    environment: Record<string, string>,
    options: { onLine?: (line: string) => boolean; onOutput?: (text: string) => void },
    hasData: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const { client, archive, target } = this.input;
    const isFolder = 'folder' in archive;
    const source = isFolder ? ['--format=directory', archive.folder] : ['--format=custom'];
    const program = new ChildProgram(client.pgRestore, [...args, ...source], environment, {
      ...options,
      buffers: true,
    });
    const kill = () => {
      program.kill();
    };
    signal.addEventListener('abort', kill, { once: true });
    try {
      const broken = isFolder ? null : await this.feed(archive, program, hasData);
      if (broken !== null) program.kill();
      const exit = await program.exited;
      signal.throwIfAborted();
      if (broken !== null) throw unreadable(broken);
      if (!isSuccess(exit)) {
        const words = program.stderr || `pg_restore ended with ${describeExit(exit)}.`;
        throw classifyRestoreError(words, target.server.lastWords);
      }
    } finally {
      signal.removeEventListener('abort', kill);
      kill();
      await program.exited.catch(() => undefined);
    }
  }

  private feed(archive: FedArchive, program: ChildProgram, hasData: boolean): Promise<Error | null> {
    return feedArchive(archive, program, hasData, (bytes) => {
      if (hasData) this.progress.bytesRead += bytes;
      this.tell();
    }).then(
      () => null,
      (error: unknown) => error as Error,
    );
  }

  private readLine(line: string): boolean {
    if (!isRestoreChatter(line)) return true;
    this.progress.entriesDone = Math.min(this.progress.entriesDone + 1, this.progress.entriesTotal);
    const table = ROWS_OF.exec(line)?.[1];
    if (table !== undefined) {
      this.progress.tablesDone += 1;
      this.progress.currentTable = table;
    }
    this.tell();
    return false;
  }

  private tell(): void {
    this.input.onProgress({ ...this.progress });
  }
}

function unreadable(error: Error): ExportFailure {
  return new ExportFailure('restore_failed', 'The file could not be read back to be restored.', {
    detail: error.message,
    cause: error,
  });
}
