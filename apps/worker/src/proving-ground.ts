import { artifactKey } from '#lib/artifacts';
import type { ExportEntity, Run } from '#lib/database';
import { ExportFailure, isWrapped } from '#lib/domain';
import {
  ask,
  FIRST_PROVABLE_SERVER,
  type PgServers,
  Proof,
  readDatabaseTraits,
  readPrivilegedObjects,
  type SourceAddress,
  SourceSnapshot,
} from '#lib/dump-engine';
import type pg from 'pg';
import type { Survey } from './preflight.js';
import { Proving } from './proving.js';
import type { WorkFolder } from './work-folder.js';

/** The run of an export whose file is to be proven. */
export interface RunOnSource {
  row: ExportEntity;
  run: Run;
  address: SourceAddress;
  watcher: pg.Client;
  applicationName: string;
  survey: Survey;
}

/** Where files are restored and compared, for exports that ask for it. */
export class ProvingGround {
  constructor(
    private readonly servers: PgServers,
    private readonly folder: WorkFolder,
    private readonly settings: { exportLockTimeoutSeconds: number },
  ) {}

  /**
   * Starts the server and takes the snapshot, so that what is missing is said before anything is dumped.
   * @returns null when the export does not ask for a proof
   * @throws {ExportFailure} `verify_unavailable`, `restore_failed` naming missing extensions, `disk_full`, or as of any
   *   question to the source; or the signal's reason
   */
  async prepare(input: RunOnSource, signal: AbortSignal): Promise<Proving | null> {
    const { row, run, watcher, applicationName, survey } = input;
    if (row.options.verify !== 'restore') return null;
    const { serverMajor } = survey.facts;
    const programs = await this.servers.ofMajor(serverMajor);
    if (serverMajor < FIRST_PROVABLE_SERVER) throw tooOld(serverMajor);
    const { needs, traits, objects } = await ask(
      async () => ({
        needs: await survey.needs,
        traits: await readDatabaseTraits(watcher),
        objects: await readPrivilegedObjects(watcher, survey.excluded),
      }),
      signal,
    );
    if (objects.unprovable.length > 0) throw mustNotRun(objects.unprovable);
    const key = artifactKey(run.exportId, run.attempt);
    const proof = await Proof.prepare({ programs, workDir: this.folder.path, key, traits, needs }, signal);
    try {
      return new Proving({
        proof,
        snapshot: await this.snapshot(input, signal),
        watcher,
        applicationName,
        options: row.options,
        selection: survey.selection,
        client: survey.client,
        wrapped: isWrapped(row.options, survey.client.major),
        privileged: objects.privileged,
        folder: this.folder.folder(run),
      });
    } catch (error) {
      await proof.end();
      throw error;
    }
  }

  private snapshot(
    { row, address, applicationName, survey }: RunOnSource,
    signal: AbortSignal,
  ): Promise<SourceSnapshot> {
    return SourceSnapshot.take(
      {
        address,
        applicationName,
        serverMajor: survey.facts.serverMajor,
        lockTimeoutSeconds: this.settings.exportLockTimeoutSeconds,
        excludedSchemas: survey.excluded,
        maxBytesPerSecond: row.options.maxBytesPerSecond,
      },
      signal,
    );
  }
}

function tooOld(major: number): ExportFailure {
  return new ExportFailure(
    'verify_unavailable',
    `Files of PostgreSQL ${String(major)} can't be restored and compared, of ${String(FIRST_PROVABLE_SERVER)} and newer they can.`,
  );
}

function mustNotRun(unprovable: readonly string[]): ExportFailure {
  return new ExportFailure(
    'verify_unavailable',
    "The database holds code that would run outside of it, with the rights of the worker's machine: such a file is not restored there.",
    { detail: unprovable.join('\n') },
  );
}
