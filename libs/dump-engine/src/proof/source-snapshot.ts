import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lockTimeout } from '../failure-words.js';
import { Pace } from '../pace.js';
import type { SourceAddress } from '../source-address.js';
import { ask, connectToSource, disconnect } from '../source-client.js';
import type { DatabaseFigures } from './comparison.js';
import {
  FIGURE_SETTINGS,
  measureLargeObjects,
  type MeasuredPart,
  measureTable,
  nameOf,
  NO_ROWS,
  readSequences,
  readSequenceValues,
  readTables,
  type Relation,
  type SequenceValue,
  type TableFigures,
} from './figures.js';

/** `client_connection_check_interval` came with PostgreSQL 14. */
const FIRST_SERVER_WITH_CLIENT_CHECK = 14;
const FIRST_SERVER_WITH_TRANSACTION_TIMEOUT = 17;
const LOCKS_AT_ONCE = 500;
/** A rest can be as long as a table is large, and is no standstill. */
const LONGEST_REST_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';

export interface SnapshotInput {
  address: SourceAddress;
  applicationName: string;
  serverMajor: number;
  lockTimeoutSeconds: number;
  excludedSchemas: readonly string[];
  /** Of the tables, bytes that are read a second at most; null for as fast as it goes. */
  maxBytesPerSecond: number | null;
}

/** What of the source a file holds. */
export interface FileScope {
  /** Whether the file brings the table back. */
  hasTable: (table: Relation) => boolean;
  /** Whether with its rows. */
  hasRows: (table: Relation) => boolean;
  hasSequences: boolean;
  hasLargeObjects: boolean;
}

/**
 * The state of the source that pg_dump is to export, held open in a transaction: what is counted in it is what the file
 * must hold. It holds back vacuum, and once it measures also ALTER and DROP, until it is released.
 */
export class SourceSnapshot {
  private constructor(
    private readonly client: pg.Client,
    private readonly input: SnapshotInput,
    /** For `pg_dump --snapshot`. */
    readonly id: string,
    private readonly tables: Relation[],
    private readonly sequences: Relation[],
    private readonly sequencesBefore: ReadonlyMap<string, SequenceValue>,
  ) {}

  /** @throws {ExportFailure} as of any question to the source, or the signal's reason */
  static async take(input: SnapshotInput, signal: AbortSignal): Promise<SourceSnapshot> {
    const client = await connectToSource(input.address, input.applicationName, signal);
    try {
      return await ask(async () => {
        await client.query(`${FIGURE_SETTINGS}; ${sessionSettings(input)}`);
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
        const tables = await readTables(client, input.excludedSchemas);
        const sequences = await readSequences(client, input.excludedSchemas);
        const values = await readSequenceValues(client, sequences);
        return new SourceSnapshot(client, input, rows[0]?.id ?? '', tables, sequences, values);
      }, signal);
    } catch (error) {
      await disconnect(client);
      throw error;
    }
  }

  /**
   * Counts what the file should hold. To be called once pg_dump holds its locks: from then on nobody can empty a table,
   * or write it anew, behind the snapshot's back.
   * @param onPart called whenever some of it is done, and twice a second while gentle mode has it rest
   * @throws {ExportFailure} `lock_timeout`, or as of any question to the source, or the signal's reason
   */
  measure(scope: FileScope, onPart: () => void, signal: AbortSignal): Promise<DatabaseFigures> {
    const { serverMajor, maxBytesPerSecond } = this.input;
    const pace = maxBytesPerSecond === null ? null : new Pace(maxBytesPerSecond);
    const rest = async (bytes: number) => {
      for (let restMs = pace?.restAfter(bytes) ?? 0; restMs > 0; restMs -= LONGEST_REST_MS) {
        await sleep(Math.min(restMs, LONGEST_REST_MS), undefined, { signal });
        onPart();
      }
    };
    return ask(async () => {
      const tables = this.tables.filter(scope.hasTable);
      const read = tables.filter(scope.hasRows);
      await this.lock(read);
      const figures = new Map<string, TableFigures>(tables.map((table) => [nameOf(table), NO_ROWS]));
      for (const table of read) {
        signal.throwIfAborted();
        const onTablePart = async ({ share, bytes }: MeasuredPart) => {
          onPart();
          // What comes after the last part of all is no reading.
          if (share < 1 || table !== read.at(-1)) await rest(bytes);
        };
        const measured = measureTable(this.client, table, serverMajor, onTablePart, maxBytesPerSecond ?? undefined);
        figures.set(nameOf(table), await measured);
      }
      const largeObjects = scope.hasLargeObjects ? await measureLargeObjects(this.client) : null;
      const sequences = scope.hasSequences ? await this.sequenceMoves() : new Map<string, never>();
      return { tables: figures, sequences, largeObjects };
    }, signal);
  }

  /** Lets the source forget the snapshot. Harmless when repeated. */
  release(): Promise<void> {
    return disconnect(this.client);
  }

  private async lock(tables: readonly Relation[]): Promise<void> {
    for (let start = 0; start < tables.length; start += LOCKS_AT_ONCE) {
      const names = tables
        .slice(start, start + LOCKS_AT_ONCE)
        .map(({ schema, name }) => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`);
      await this.client
        .query(`LOCK TABLE ONLY ${names.join(', ONLY ')} IN ACCESS SHARE MODE`)
        .catch((error: unknown) => {
          const { code } = error as { code?: string };
          throw code === LOCK_NOT_AVAILABLE
            ? lockTimeout(`Waited ${String(this.input.lockTimeoutSeconds)} s for a lock on a table.`)
            : error;
        });
    }
  }

  private async sequenceMoves(): Promise<DatabaseFigures['sequences']> {
    const after = await readSequenceValues(this.client, this.sequences);
    return new Map(
      [...this.sequencesBefore].map(([name, before]) => [name, { before, after: after.get(name) ?? before }]),
    );
  }
}

function sessionSettings({ serverMajor, lockTimeoutSeconds }: SnapshotInput): string {
  return [
    // The export is to be no more of a load than it has to.
    'SET max_parallel_workers_per_gather = 0',
    `SET lock_timeout = '${String(lockTimeoutSeconds)}s'`,
    ...(serverMajor >= FIRST_SERVER_WITH_CLIENT_CHECK ? ["SET client_connection_check_interval = '2s'"] : []),
    ...(serverMajor >= FIRST_SERVER_WITH_TRANSACTION_TIMEOUT ? ['SET transaction_timeout = 0'] : []),
  ].join('; ');
}
