import { ArtifactStore } from '#lib/artifacts';
import { type ExportEntity, ExportLedger, type PlacedExport } from '#lib/database';
import {
  type Caller,
  completeOptions,
  type ExportOptions,
  type ExportStatus,
  isFinal,
  keyHolderOf,
  Refusal,
} from '#lib/domain';
import { ExportQueue } from '#lib/queue';
import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { z } from 'zod';
import { ExportAdmission } from './export-admission.js';
import type { ExportQuery, ExportRequest } from './export-schemas.js';

/** What the desk needs to know of the configuration. */
export class DeskRules {
  constructor(
    readonly databases: readonly string[],
    readonly enabled: boolean,
    readonly maxQueued: number,
  ) {}
}

/** Where exports are asked for, looked up and taken back. */
@Injectable()
export class ExportDesk {
  private readonly logger = new Logger(ExportDesk.name);

  constructor(
    private readonly ledger: ExportLedger,
    private readonly queue: ExportQueue,
    private readonly store: ArtifactStore,
    private readonly rules: DeskRules,
    private readonly admission: ExportAdmission,
  ) {}

  /**
   * Writes an export down and tells the queue.
   * @param idempotencyKey the caller's, kept for a day
   * @returns the export and its place in the queue, and whether this request made it
   * @throws {Refusal} `exports_disabled`, `unknown_database`, `invalid_options`, `queue_full`, `idempotency_conflict`, and as of
   *   {@link ExportAdmission}
   */
  async request(
    caller: Caller,
    body: z.infer<typeof ExportRequest>,
    idempotencyKey: string | undefined,
  ): Promise<PlacedExport & { created: boolean }> {
    if (!this.rules.enabled) {
      throw new Refusal('exports_disabled', 'Exports are switched off (EXPORTS_ENABLED=false).');
    }
    const { database, options } = this.complete(body);
    const holder = keyHolderOf(caller);
    const isRepeat = idempotencyKey !== undefined && (await this.ledger.isTaken(holder, idempotencyKey));
    if (!isRepeat) await this.admission.require(database, options);
    const idempotency =
      idempotencyKey === undefined ? null : { key: idempotencyKey, bodyHash: hashOf({ database, ...options }) };
    const added = await this.ledger.add({
      database,
      options,
      caller,
      idempotency,
      maxQueued: this.rules.maxQueued,
    });
    if (added.created) this.enqueue(added.row);
    return added;
  }

  /**
   * What a request asks for, with every default filled in.
   * @throws {Refusal} `unknown_database`, `invalid_options`
   */
  complete(body: z.infer<typeof ExportRequest>): { database: string; options: ExportOptions } {
    const { database, ...requested } = body;
    if (!this.rules.databases.includes(database)) {
      throw new Refusal(
        'unknown_database',
        `There is no database "${database}". Known: ${this.rules.databases.join(', ')}.`,
      );
    }
    const options = completeOptions(requested, availableParallelism());
    if ('problem' in options) throw new Refusal('invalid_options', options.problem);
    return { database, options };
  }

  /** Not awaited: the row is the promise. Should the queue not hear of it, the reconciler tells it again. */
  private enqueue(row: ExportEntity): void {
    this.queue.add(row).catch((error: unknown) => {
      this.logger.warn(`The queue did not take export ${row.id}, the reconciler will: ${String(error)}`);
    });
  }

  /** @throws {Refusal} `not_found` */
  async get(id: string): Promise<PlacedExport> {
    const found = await this.ledger.findPlaced(id);
    if (found === null) throw new Refusal('not_found', 'There is no such export.');
    return found;
  }

  async page(query: z.infer<typeof ExportQuery>) {
    const { status: statuses, database, cursor: before, limit } = query;
    // One more than asked for tells whether there is a next page.
    const rows = await this.ledger.page({ statuses, database, before, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    return {
      items: await Promise.all(shown.map(async (row) => ({ row, queuePosition: await this.positionOf(row) }))),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  }

  /** @throws {Refusal} `not_found`, `not_cancellable` */
  async cancel(id: string): Promise<PlacedExport> {
    await this.get(id);
    if (!(await this.ledger.requestCancel(id))) {
      const { row } = await this.get(id);
      throw new Refusal('not_cancellable', `The export is ${row.status} already.`);
    }
    return this.get(id);
  }

  /** Takes an export back that nobody waits for any more, unless another request has been given it too. */
  async abandon(id: string, caller: Caller, idempotencyKey: string | undefined): Promise<void> {
    const isShared =
      idempotencyKey !== undefined && (await this.ledger.isRepeated(keyHolderOf(caller), idempotencyKey));
    if (!isShared) await this.ledger.requestCancel(id);
  }

  /** Deletes the file of a ready export; other final exports have none and stay as they are. */
  async delete(id: string): Promise<void> {
    const { row } = await this.get(id);
    if (!isFinal(row.status)) {
      throw new Refusal('not_deletable', `The export is ${row.status}: cancel it instead.`);
    }
    if (row.file !== null && (await this.ledger.retire(id, 'deleted'))) await this.store.delete(row.file.key);
  }

  private positionOf(row: { status: ExportStatus } & ExportEntity): Promise<number> {
    return row.status === 'queued' ? this.ledger.queuePosition(row) : Promise.resolve(0);
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
