import type { FileProof } from '#lib/database';
import type { ExportOptions, Progress } from '#lib/domain';
import {
  classifyFileError,
  type DatabaseFigures,
  type DumpedFile,
  type PgClient,
  type Proof,
  readBackendsAtWork,
  type Selection,
  type SourceSnapshot,
  unpackFolder,
} from '#lib/dump-engine';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { scopeOf } from './file-scope.js';
import type { Gauge } from './run-report.js';

/** Of a run whose file is restored: making the file, and restoring it, take about as long. */
const DUMP_SHARE = 0.5;
/** What a dump alone ends at, before its file is stored. */
const PROVEN_PERCENT = 97;
/** pg_dump's lines from here on mean that it holds all its locks. */
const HOLDS_LOCKS = /^pg_dump: (saving encoding|dumping contents of table)/;
const LOOK_INTERVAL_MS = 500;
const MIN_SHARE_FOR_A_RATE = 0.02;

export interface ProvingInput {
  proof: Proof;
  snapshot: SourceSnapshot;
  /** Signed in to the source under `applicationName`. */
  watcher: pg.Client;
  applicationName: string;
  options: ExportOptions;
  selection: Selection;
  client: PgClient;
  wrapped: boolean;
  /** Of the source's objects; see the engine's `planRestore`. */
  privileged: ReadonlySet<string>;
  /** Where a tar is unpacked; must not exist, and is gone afterwards. */
  folder: string;
}

/** One file on its way to being restored and compared: from the snapshot that is dumped to the last difference. */
export class Proving {
  private readonly over = new AbortController();
  private expected: Promise<DatabaseFigures> | null = null;
  private parts = 0;
  private startedAt = 0;

  constructor(private readonly input: ProvingInput) {}

  /** For `pg_dump --snapshot`. */
  get snapshot(): string {
    return this.input.snapshot.id;
  }

  /** Reads a line of pg_dump's stderr: once it holds its locks, the source is measured beside it. */
  readLine(line: string): void {
    if (HOLDS_LOCKS.test(line)) void this.measure();
  }

  /** What a dump shows that a proof will follow. */
  dumping(dump: Gauge): Gauge {
    const progress = () => {
      const { percent, etaSeconds, ...figures } = dump.progress();
      const eta = etaSeconds === null ? null : Math.ceil(etaSeconds / DUMP_SHARE);
      return { ...figures, percent: percent * DUMP_SHARE, etaSeconds: eta };
    };
    return { ...dump, progress };
  }

  /** What is shown while the file is restored and compared. */
  proving(dumped: Progress): Gauge {
    const { proof } = this.input;
    this.startedAt = performance.now();
    const progress = () => {
      const { share, currentTable } = proof.progress;
      const percent = Math.floor(PROVEN_PERCENT * (DUMP_SHARE + share * (1 - DUMP_SHARE)) * 10) / 10;
      const seconds = (performance.now() - this.startedAt) / 1000;
      const etaSeconds = share < MIN_SHARE_FOR_A_RATE ? null : Math.ceil(seconds / share - seconds);
      return { ...dumped, percent, currentTable, etaSeconds };
    };
    return { progress, movement: () => proof.movement + this.parts };
  }

  /**
   * Restores the file and compares it with the source's snapshot.
   * @throws {ExportFailure} `restore_failed`, `lock_timeout`, `disk_full`, or as of any question to the source; or the
   *   signal's reason
   */
  async prove(dumped: DumpedFile, signal: AbortSignal): Promise<FileProof> {
    const { proof, client, options, privileged, wrapped, snapshot, folder } = this.input;
    const expected = this.measure();
    expected.then(
      () => snapshot.release(),
      () => undefined,
    );
    void this.watchSource(expected);
    try {
      const archive = { path: dumped.path, wrapped };
      const proven = await proof.run(
        {
          archive: options.format === 'directory' ? await this.unpack(archive, signal) : archive,
          sizeBytes: dumped.sizeBytes,
          client,
          privileged,
          noPrivileges: options.noPrivileges,
        },
        expected,
        signal,
      );
      return { kind: 'restore', at: new Date().toISOString(), ...proven };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Ends the server and lets go of the source. Harmless when repeated. */
  async end(): Promise<void> {
    this.over.abort();
    await Promise.all([this.input.proof.end(), this.input.snapshot.release()]);
  }

  private measure(): Promise<DatabaseFigures> {
    const { snapshot, options, selection } = this.input;
    const onPart = () => {
      this.parts += 1;
    };
    this.expected ??= snapshot.measure(scopeOf(options, selection), onPart, this.over.signal);
    // Whoever proves hears of it; a dump that fails is over before.
    this.expected.catch(() => undefined);
    return this.expected;
  }

  /** What the source reads in one statement moves as long as its backend is at work. */
  private async watchSource(expected: Promise<unknown>): Promise<void> {
    const { watcher, applicationName } = this.input;
    const { signal } = this.over;
    const isDone = expected.then(
      () => true,
      () => true,
    );
    for (;;) {
      const pause = sleep(LOOK_INTERVAL_MS, false, { signal }).catch(() => true);
      if (await Promise.race([isDone, pause])) return;
      const working = await readBackendsAtWork(watcher, applicationName).catch(() => []);
      if (working.length > 0) this.parts += 1;
    }
  }

  private async unpack(archive: { path: string; wrapped: boolean }, signal: AbortSignal): Promise<{ folder: string }> {
    const { folder } = this.input;
    try {
      await mkdir(folder, { mode: 0o700 });
      await unpackFolder(archive, folder, signal);
      return { folder };
    } catch (error) {
      signal.throwIfAborted();
      throw classifyFileError(error as NodeJS.ErrnoException);
    }
  }
}
