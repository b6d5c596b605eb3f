import type { ExportEntity, FileProof, Run, StoredFile } from '#lib/database';
import { fileName, isWrapped, restoreCommand, type RunTimes, scriptCompression } from '#lib/domain';
import {
  ask,
  connectToSource,
  disconnect,
  DirectoryDump,
  Dump,
  dumpArguments,
  type DumpedFile,
  DumpProgress,
  endBackends,
  type FileInput,
  type SourceAddress,
  SourceWatch,
  TableRoll,
  underLimit,
} from '#lib/dump-engine';
import { artifactKey } from '#lib/artifacts';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Preflight, Survey } from './preflight.js';
import type { ProvingGround } from './proving-ground.js';
import type { Proving } from './proving.js';
import type { Gauge, RunReport } from './run-report.js';
import type { SourceBook } from './source-book.js';
import type { WorkFolder } from './work-folder.js';

/** With the report that brings the wish to cancel it stays well within the two seconds of the contract. */
const BACKENDS_GONE_MS = 1_000;
/** Most of it is for the backends that have to be ended. */
const GOODBYE_MS = 100;

/** gzip takes longer for the rows, and no longer for what is asked before them and done after. */
const COPY_COST = { zstd: 1, gzip: 4, none: 1 };

/** A run and the source that it is to dump. */
interface Task {
  row: ExportEntity;
  run: Run;
  address: SourceAddress;
  /** Signed in to the source under `applicationName`. */
  watcher: pg.Client;
  applicationName: string;
  watch: SourceWatch;
  survey: Survey;
  /** Those of the survey, or the {@link ExportFailure} why they can't be told. */
  needs: Promise<string[]>;
  /** Called on what is found in the file. */
  roll: TableRoll;
  /** By `performance.now()`. */
  startedAt: number;
}

/** A file that is whole, on the disk and proven, but not in the store yet. */
export interface MadeFile {
  dumped: DumpedFile;
  file: Omit<StoredFile, 'made'>;
  /** What made it, up to the moment of the question: the way into the store is part of it. */
  made: () => Required<StoredFile>['made'];
}

/** Makes the file of an export in the work folder. */
export class DumpWorkshop {
  constructor(
    private readonly sources: SourceBook,
    private readonly preflight: Preflight,
    private readonly provingGround: ProvingGround,
    private readonly folder: WorkFolder,
    private readonly settings: { exportLockTimeoutSeconds: number; exportYieldSeconds: number | null },
  ) {}

  /**
   * Dumps, proves and measures. Nothing of it is left behind when it fails: no file, no process, no backend.
   * @throws {ExportFailure} or the signal's reason
   */
  async make(row: ExportEntity, run: Run, report: RunReport, wish: AbortSignal): Promise<MadeFile> {
    const address = this.sources.address(row.database);
    const applicationName = `pg-export/${row.id}`;
    const startedAt = performance.now();
    const watcher = await connectToSource(address, applicationName, wish);
    const watch = this.watchOver(address, applicationName);
    const signal = AbortSignal.any([wish, watch.trouble]);
    let proving: Proving | null = null;
    try {
      const survey = await ask(async () => {
        // A pg_dump of an earlier attempt may be dead while its backend still holds locks.
        await endBackends(watcher, applicationName, () => report.isCurrent(), BACKENDS_GONE_MS);
        watch.begin();
        report.showBlocking(() => watch.blocking);
        await this.folder.clear(run);
        const found = await this.preflight.look(watcher, row, signal);
        address.requireClient(found.client.major);
        return found;
      }, signal);
      const roll = new TableRoll(survey.tables);
      const needs = ask(() => survey.needs, signal);
      // A dump of hours must not end before it is heard that they can't be told.
      const failed = new AbortController();
      needs.catch((error: unknown) => {
        failed.abort(error);
      });
      const task: Task = { row, run, address, watcher, applicationName, watch, survey, needs, roll, startedAt };
      proving = await this.provingGround.prepare(task, signal);
      const { dumped, times } = await this.dump(task, proving, report, AbortSignal.any([signal, failed.signal]));
      const { proof, requires } = await this.prove(dumped, task, proving, report, signal);
      const wrapped = isWrapped(row.options, survey.client.major);
      return {
        dumped,
        file: {
          name: fileName(row.database, row.createdAt, row.options, wrapped),
          key: artifactKey(run.exportId, run.attempt),
          sizeBytes: dumped.sizeBytes,
          sha256: dumped.sha256,
          restoreCommand: restoreCommand(row.options, wrapped),
          requires,
          proof,
        },
        made: () => {
          const taken = times();
          return {
            sourceBytes: survey.size.sizeBytes,
            seconds: (performance.now() - startedAt) / 1000,
            ...(taken === null ? {} : { times: taken }),
          };
        },
      };
    } catch (error) {
      throw watch.explain(error) ?? error;
    } finally {
      await Promise.all([proving?.end(), this.leave(watcher, watch, applicationName, report)]);
    }
  }

  private async dump(
    { row, run, address, applicationName, watch, survey, roll, startedAt }: Task,
    proving: Proving | null,
    report: RunReport,
    signal: AbortSignal,
  ): Promise<{ dumped: DumpedFile; times: () => RunTimes | null }> {
    const { facts, client, selection, tables } = survey;
    const { format, maxBytesPerSecond, encryptTo, jobs, compression, compressionLevel } = row.options;
    const wrapped = isWrapped(row.options, client.major);
    const progress = new DumpProgress(tables, {
      connections: jobs ?? 1,
      largeObjectBytes: survey.largeObjectBytes,
      packing: format !== 'directory' ? null : wrapped ? 'compressed' : 'as it is',
      copyCost: COPY_COST[compression],
      times: survey.times,
    });
    const askedSeconds = (performance.now() - startedAt) / 1000;
    const tableBytes = tables.reduce((sum, table) => sum + table.sizeBytes, 0);
    const input: FileInput = {
      client,
      args: dumpArguments({
        options: row.options,
        clientMajor: client.major,
        lockTimeoutSeconds: this.settings.exportLockTimeoutSeconds,
        selection,
        snapshot: proving?.snapshot ?? null,
      }),
      environment: address.libpqEnvironment(applicationName, facts.serverMajor),
      zstdLevel: wrapped ? compressionLevel : null,
      partialPath: this.folder.file(run),
      onLine: (line) => {
        proving?.readLine(line);
        // Nobody reads a script through but the roll: what pg_dump says has to do.
        if (format === 'plain') roll.readLine(line);
        return progress.readLine(line);
      },
      onChecked: (line) => {
        roll.readLine(line);
      },
      onDumped: () => {
        progress.finish();
        report.enter('verifying');
      },
    };
    const dump =
      format === 'directory'
        ? new DirectoryDump({ ...input, folderPath: this.folder.folder(run) })
        : new Dump({
            ...input,
            encryptTo,
            maxBytesPerSecond,
            scriptCompression: scriptCompression(row.options, client.major),
          });
    const gauge: Gauge = {
      progress: () => {
        const snapshot = progress.snapshot(dump.bytesWritten, dump.bytesDelivered, dump.folder);
        if (maxBytesPerSecond === null) return snapshot;
        return underLimit(snapshot, { maxBytesPerSecond, tableBytes, deliveredBytes: dump.bytesDelivered });
      },
      movement: () => dump.bytesDelivered + progress.movement,
      tables: () => progress.tableList,
    };
    report.enter('dumping', proving?.dumping(gauge) ?? gauge);
    watch.count((counters) => {
      progress.readCounters(counters);
      report.nudge();
    });
    const dumped = await dump.run(signal);
    if (proving === null) return { dumped, times: () => progress.times(askedSeconds) };
    // A proof has figures of its own.
    const times = progress.times(askedSeconds);
    return { dumped, times: () => times };
  }

  /** Calls the roll, and restores the file and compares it where that was asked for; without success no file is left. */
  private async prove(
    dumped: DumpedFile,
    { watcher, roll, needs }: Task,
    proving: Proving | null,
    report: RunReport,
    signal: AbortSignal,
  ): Promise<{ proof: FileProof; requires: string[] }> {
    try {
      const requires = await needs;
      await ask(() => roll.requireAll(watcher), signal);
      if (proving === null) {
        return { proof: { kind: 'archive', at: new Date().toISOString(), tables: roll.size, rows: null }, requires };
      }
      report.enter('verifying', proving.proving(report.progress));
      return { proof: await proving.prove(dumped, signal), requires };
    } catch (error) {
      await rm(dumped.path, { force: true });
      throw error;
    }
  }

  private watchOver(address: SourceAddress, applicationName: string): SourceWatch {
    const { exportLockTimeoutSeconds: lockTimeoutSeconds, exportYieldSeconds: yieldSeconds } = this.settings;
    const connect = (signal: AbortSignal) => connectToSource(address, applicationName, signal);
    return new SourceWatch(connect, { applicationName, lockTimeoutSeconds, yieldSeconds });
  }

  /**
   * Ends what is left on the server, unless the run is superseded: what is there is then its successor's. A server that
   * says nothing any more ends its backends by itself, in seconds.
   */
  private async leave(
    watcher: pg.Client,
    watch: SourceWatch,
    applicationName: string,
    report: RunReport,
  ): Promise<void> {
    const left = async () => {
      await watch.end();
      // A question that waits for a lock holds up whatever is asked after it on the same connection.
      const client = watch.connection ?? watcher;
      // The other one would count as left behind; where nobody answers, it is.
      if (client !== watcher) await Promise.race([disconnect(watcher), sleep(GOODBYE_MS, undefined, { ref: false })]);
      await endBackends(client, applicationName, () => report.isCurrent(), BACKENDS_GONE_MS);
    };
    await Promise.race([left().catch(() => undefined), sleep(BACKENDS_GONE_MS, undefined, { ref: false })]);
    await Promise.all([disconnect(watcher), watch.disconnect()]);
  }
}
