import { ExportFailure } from '#lib/domain';
import type { PgClient } from '../pg-programs.js';
import { compareFigures, type DatabaseFigures, type RestoredFigures } from './comparison.js';
import type { DatabaseTraits } from './database-traits.js';
import {
  measureLargeObjects,
  measureTable,
  nameOf,
  readSequences,
  readSequenceValues,
  readTables,
  type TableFigures,
} from './figures.js';
import { feelPulse } from './pulse.js';
import { type ProvenArchive, Restore, type RestoreProgress } from './restore.js';
import { RestoreTarget } from './restore-target.js';
import { classifyRestoreError } from './restore-words.js';
import { ThrowawayServer } from './throwaway-server.js';
import type { PgServer } from './pg-servers.js';

/** So many differences are named; one table may be behind hundreds. */
const SHOWN = 20;

export interface ProofInput {
  /** Of the source's major. */
  programs: PgServer;
  workDir: string;
  /** Of the artifact that is proven. */
  key: string;
  traits: DatabaseTraits;
  /** As in the file's `requires`. */
  needs: readonly string[];
}

export interface ProvenFile {
  archive: ProvenArchive;
  /** Of the file; of a folder, anything. */
  sizeBytes: number;
  client: PgClient;
  privileged: ReadonlySet<string>;
  noPrivileges: boolean;
}

export interface ProofProgress {
  /** 0–1 */
  share: number;
  /** Tables whose rows have been restored. */
  tablesDone: number;
  currentTable: string | null;
}

/** What was compared, and found to be the same. */
export interface Proven {
  tables: number;
  rows: number;
}

/** Shares of a proof: the file is read, its indexes are made, its rows are counted. */
const READING = 0.5;
const MAKING = 0.25;

/** A server that waits for a file, has it restored, and is asked whether it holds what the source held. */
export class Proof {
  private latest: ProofProgress = { share: 0, tablesDone: 0, currentTable: null };
  private moves = 0;

  private constructor(
    private readonly server: ThrowawayServer,
    private readonly target: RestoreTarget,
  ) {}

  /**
   * Starts the server, before anything has been dumped: what is missing on this machine is said at once.
   * @throws {ExportFailure} `verify_unavailable`, `restore_failed` naming missing extensions, `disk_full`, or the
   *   signal's reason
   */
  static async prepare({ programs, workDir, key, traits, needs }: ProofInput, signal: AbortSignal): Promise<Proof> {
    const server = await ThrowawayServer.start(programs, workDir, key, signal);
    try {
      return new Proof(server, await RestoreTarget.prepare(server, traits, needs));
    } catch (error) {
      await server.stop();
      signal.throwIfAborted();
      throw error instanceof ExportFailure && error.code !== 'source_unreachable'
        ? error
        : classifyRestoreError(wordsOf(error), server.lastWords, error);
    }
  }

  get progress(): ProofProgress {
    return this.latest;
  }

  /** Grows whenever something has been done, or while the server is at it. */
  get movement(): number {
    return this.moves;
  }

  /**
   * Restores the file and compares.
   * @param expected the source's figures, of the very snapshot that was dumped
   * @throws {ExportFailure} `restore_failed` with the differences, `disk_full`, or the signal's reason
   */
  async run(file: ProvenFile, expected: Promise<DatabaseFigures>, signal: AbortSignal): Promise<Proven> {
    const { archive, client, privileged, noPrivileges } = file;
    const onProgress = (progress: RestoreProgress) => {
      this.readRestore(progress, file.sizeBytes);
    };
    const over = new AbortController();
    const beat = () => {
      this.move({});
    };
    // Of one that is not felt, what pg_restore says is all that moves.
    void feelPulse(this.server, beat, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    try {
      const restore = new Restore({ archive, client, target: this.target, privileged, noPrivileges, onProgress });
      await restore.run(signal);
      const source = await expected;
      const restored = await this.measure(source, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw classifyRestoreError(wordsOf(error), this.server.lastWords, error);
      });
      return this.compare(source, restored);
    } finally {
      over.abort();
    }
  }

  private compare(source: DatabaseFigures, restored: RestoredFigures): Proven {
    const differences = compareFigures(source, restored);
    if (differences.length > 0) throw differs(differences);
    const rows = [...source.tables.values()].reduce((sum, table) => sum + table.rows, 0n);
    return { tables: source.tables.size, rows: Number(rows) };
  }

  /** Ends the server, and removes whatever there is of it. Harmless when repeated. */
  end(): Promise<void> {
    return this.server.stop();
  }

  private async measure(source: DatabaseFigures, signal: AbortSignal): Promise<RestoredFigures> {
    const { major } = this.server.programs;
    const client = await this.target.connect(signal);
    const cut = () => {
      void client.end();
    };
    signal.addEventListener('abort', cut, { once: true });
    try {
      const relations = await readTables(client, []);
      const tables = new Map<string, TableFigures>();
      for (const relation of relations) {
        signal.throwIfAborted();
        const step = (1 - READING - MAKING) / relations.length;
        const figures = await measureTable(client, relation, major, ({ share }) => {
          this.move({ share: READING + MAKING + step * (tables.size + share), currentTable: nameOf(relation) });
        });
        tables.set(nameOf(relation), figures);
      }
      // Sequences of a file with filters are those that it brought.
      const sequences = source.sequences.size === 0 ? [] : await readSequences(client, []);
      const values = await readSequenceValues(client, sequences);
      return { tables, sequences: values, largeObjects: await measureLargeObjects(client) };
    } finally {
      signal.removeEventListener('abort', cut);
      await client.end().catch(() => undefined);
    }
  }

  private readRestore(progress: RestoreProgress, sizeBytes: number): void {
    const { bytesRead, entriesDone, entriesTotal, tablesDone, tablesTotal, currentTable } = progress;
    // pg_restore reads a folder by itself: then tables have to do.
    const isRead = bytesRead > 0 ? bytesRead / Math.max(sizeBytes, 1) : tablesDone / Math.max(tablesTotal, 1);
    const read = READING * Math.min(1, isRead);
    const made = MAKING * (entriesTotal === 0 ? 0 : entriesDone / entriesTotal);
    this.move({ share: read + made, tablesDone, currentTable });
  }

  private move(change: Partial<ProofProgress>): void {
    this.moves += 1;
    this.latest = { ...this.latest, ...change, share: Math.max(this.latest.share, change.share ?? 0) };
  }
}

function differs(differences: readonly string[]): ExportFailure {
  const more = differences.length - SHOWN;
  return new ExportFailure('restore_failed', 'The restored database differs from the source.', {
    detail: [...differences.slice(0, SHOWN), ...(more > 0 ? [`and ${String(more)} more`] : [])].join('\n'),
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
