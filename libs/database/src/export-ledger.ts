import {
  type Caller,
  type ExportOptions,
  type ExportStatus,
  keyHolderOf,
  type LossCode,
  NO_PROGRESS,
  Refusal,
} from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { EntityManager, In, LessThan, Repository } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ExportEntity } from './entities/export.entity.js';
import { IdempotencyKeyEntity } from './entities/idempotency-key.entity.js';

export interface NewExport {
  database: string;
  options: ExportOptions;
  caller: Caller;
  /** The caller's key and a hash of the body it came with, if there is one. */
  idempotency: { key: string; bodyHash: string } | null;
  /** More waiting exports than this: refused. */
  maxQueued: number;
}

export interface ExportFilter {
  statuses?: ExportStatus[];
  database?: string;
  /** Only exports older than this id. */
  before?: string;
  limit: number;
}

/** An export, and how many wait before it: 0 is next, or waits no more. */
export interface PlacedExport {
  row: ExportEntity;
  queuePosition: number;
}

/** Which state an export is in: the two numbers that a client can see a change by. */
export interface ExportVersion {
  id: string;
  version: number;
  queuePosition: number;
}

/** Written out: each poll asks it, and to have the builder make it anew took more time than the question. */
const VERSIONS_AMONG = `
  SELECT id, version,
         CASE status WHEN 'queued' THEN (
           SELECT count(*)::int FROM pgexport.exports earlier WHERE earlier.status = 'queued' AND earlier.id < export.id
         ) ELSE 0 END AS "queuePosition"
  FROM pgexport.exports export WHERE id = ANY($1)`;

const IDEMPOTENCY_HOURS = 24;
/** Serialises the count of the waiting exports with the insert that follows it; any fixed number will do. */
const QUEUE_LENGTH_LOCK = 4_205_001;

/** The requests' side of the table of exports: what callers ask for, see and take back. */
@Injectable()
export class ExportLedger {
  constructor(@InjectRepository(ExportEntity) private readonly exports: Repository<ExportEntity>) {}

  /**
   * Writes a new export down, or finds the one that the same key and body stand for.
   * @throws {Refusal} `idempotency_conflict` for the key with another body, `queue_full`
   */
  async add(request: NewExport): Promise<PlacedExport & { created: boolean }> {
    return this.exports.manager.transaction(async (manager) => {
      const id = uuidv7();
      if (request.idempotency !== null) {
        const earlier = await this.takeKey(manager, keyHolderOf(request.caller), id, request.idempotency);
        if (earlier !== null) {
          const place = await this.countWaiting(manager, earlier.id);
          return { row: earlier, queuePosition: earlier.status === 'queued' ? place.earlier : 0, created: false };
        }
      }
      await manager.query('SELECT pg_advisory_xact_lock($1)', [QUEUE_LENGTH_LOCK]);
      const { waiting, earlier } = await this.countWaiting(manager, id);
      if (waiting >= request.maxQueued) {
        throw new Refusal('queue_full', `${String(waiting)} exports are waiting already. Try again later.`, {
          retryAfterSeconds: 30,
        });
      }
      const added = await manager
        .createQueryBuilder()
        .insert()
        .into(ExportEntity)
        .values({
          id,
          database: request.database,
          options: request.options,
          progress: NO_PROGRESS,
          requestedById: request.caller.userId,
          requestedByEmail: request.caller.email,
          requestedVia: request.caller.via,
          sessionId: request.caller.sessionId,
        })
        .returning('*')
        .execute();
      // As the server gives it, past the transformers: the options of a new export are whole.
      const row = manager.create(ExportEntity, added.generatedMaps[0]);
      return { row, queuePosition: earlier, created: true };
    });
  }

  /** How many exports wait, and how many of them before this one. */
  private async countWaiting(manager: EntityManager, id: string): Promise<{ waiting: number; earlier: number }> {
    const [counts] = await manager.query<{ waiting: number; earlier: number }[]>(
      `SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE id < $1))::int AS earlier
         FROM pgexport.exports WHERE status = 'queued'`,
      [id],
    );
    return counts ?? { waiting: 0, earlier: 0 };
  }

  /** Claims the key for `id`, or returns the export that has it; a concurrent claim is waited for by the insert. */
  private async takeKey(
    manager: EntityManager,
    callerId: string,
    id: string,
    { key, bodyHash }: { key: string; bodyHash: string },
  ): Promise<ExportEntity | null> {
    await manager
      .createQueryBuilder()
      .delete()
      .from(IdempotencyKeyEntity)
      .where('caller_id = :callerId AND key = :key', { callerId, key })
      .andWhere(`created_at < now() - interval '${String(IDEMPOTENCY_HOURS)} hours'`)
      .execute();
    await manager
      .createQueryBuilder()
      .insert()
      .into(IdempotencyKeyEntity)
      .values({ callerId, key, bodyHash, exportId: id })
      .orIgnore()
      .execute();
    const holder = await manager.findOneByOrFail(IdempotencyKeyEntity, { callerId, key });
    if (holder.exportId === id) return null;
    if (holder.bodyHash !== bodyHash) {
      throw new Refusal(
        'idempotency_conflict',
        'This Idempotency-Key was used with another body in the last 24 hours.',
      );
    }
    await manager.update(IdempotencyKeyEntity, { callerId, key }, { repeated: true });
    return manager.findOneByOrFail(ExportEntity, { id: holder.exportId });
  }

  /** Whether a request has come with this key: what it stands for was decided then. */
  async isTaken(callerId: string, key: string): Promise<boolean> {
    return this.exports.manager.existsBy(IdempotencyKeyEntity, { callerId, key });
  }

  /** Whether other requests than the first one have come with this key. */
  async isRepeated(callerId: string, key: string): Promise<boolean> {
    return this.exports.manager.existsBy(IdempotencyKeyEntity, { callerId, key, repeated: true });
  }

  find(id: string): Promise<ExportEntity | null> {
    return this.exports.findOneBy({ id });
  }

  /** The export, and whether its time is over by the server's clock: that of a process may be wrong. */
  async findTimed(id: string): Promise<{ row: ExportEntity; isOver: boolean } | null> {
    const { entities, raw } = await this.exports
      .createQueryBuilder('export')
      .addSelect('coalesce(export.expires_at <= now(), false)', 'is_over')
      .where('export.id = :id', { id })
      .getRawAndEntities<{ is_over: boolean }>();
    const row = entities[0];
    return row === undefined ? null : { row, isOver: raw[0]?.is_over ?? false };
  }

  /** The export and its place in the queue, in one query. */
  async findPlaced(id: string): Promise<PlacedExport | null> {
    return (await this.findPlacedAmong([id]))[0] ?? null;
  }

  /** Those of the exports that are there, each with its place in the queue, in one query. */
  async findPlacedAmong(ids: readonly string[]): Promise<PlacedExport[]> {
    const { entities, raw } = await this.exports
      .createQueryBuilder('export')
      .addSelect(
        (query) =>
          query
            .select('count(*)::int')
            .from(ExportEntity, 'earlier')
            .where(`export.status = 'queued' AND earlier.status = 'queued' AND earlier.id < export.id`),
        'queue_position',
      )
      .where('export.id = ANY(:ids)', { ids })
      .getRawAndEntities<{ export_id: string; queue_position: number }>();
    const places = new Map(raw.map((one) => [one.export_id, one.queue_position]));
    return entities.map((row) => ({ row, queuePosition: places.get(row.id) ?? 0 }));
  }

  /** Which state those of the exports are in that are there; a fraction of what it costs to read them. */
  findVersionsAmong(ids: readonly string[]): Promise<ExportVersion[]> {
    return this.exports.query<ExportVersion[]>(VERSIONS_AMONG, [ids]);
  }

  /** Newest first; keyset pages, so that page 50 000 costs what page 1 costs. */
  page(filter: ExportFilter): Promise<ExportEntity[]> {
    return this.exports.find({
      where: {
        ...(filter.statuses === undefined ? {} : { status: In(filter.statuses) }),
        ...(filter.database === undefined ? {} : { database: filter.database }),
        ...(filter.before === undefined ? {} : { id: LessThan(filter.before) }),
      },
      order: { id: 'DESC' },
      take: filter.limit,
    });
  }

  /** How many waiting exports are older: 0 is next. */
  queuePosition(row: ExportEntity): Promise<number> {
    return this.exports.countBy({ status: 'queued', id: LessThan(row.id) });
  }

  /**
   * Asks for a cancel: a waiting export is cancelled at once, a running one by its worker, which sees the wish at its
   * next report.
   * @returns false when the export had come to its end before
   */
  async requestCancel(id: string): Promise<boolean> {
    // One statement: between two, a run that is put back would be neither waiting nor running.
    const ifWaiting = (then: string, otherwise: string) => () =>
      `CASE status WHEN 'queued' THEN ${then} ELSE ${otherwise} END`;
    const update = await this.exports.update(
      { id, status: In(['queued', 'running']) },
      {
        status: ifWaiting("'cancelled'", 'status'),
        stage: ifWaiting("'done'", 'stage'),
        finishedAt: ifWaiting('now()', 'finished_at'),
        version: ifWaiting('version + 1', 'version'),
        cancelRequestedAt: () => 'coalesce(cancel_requested_at, now())',
      },
    );
    return update.affected === 1;
  }

  /** Ends the life of a ready file; the caller deletes the bytes afterwards. False when it was not ready any more. */
  async retire(id: string, to: 'expired' | 'deleted', loss: { code: LossCode; message: string } | null = null) {
    const update = await this.exports.update(
      { id, status: 'ready' },
      {
        status: to,
        version: () => 'version + 1',
        ...(loss === null ? {} : { error: { ...loss, detail: null } }),
      },
    );
    return update.affected === 1;
  }

  /** The file of a ready export has vanished: the export has expired, with `file_lost`. */
  loseFile(id: string): Promise<boolean> {
    const message = 'The file has vanished from the store, or is not what was stored.';
    return this.retire(id, 'expired', { code: 'file_lost', message });
  }

  /** Ready exports, with what the store calls their files. */
  async readyFiles(): Promise<{ id: string; key: string }[]> {
    const rows = await this.exports
      .createQueryBuilder('export')
      .select(['export.id', 'export.file'])
      .where(`export.status = 'ready'`)
      .getMany();
    return rows.flatMap(({ id, file }) => (file === null ? [] : [{ id, key: file.key }]));
  }

  /** Ready exports whose time has come, oldest first. */
  expired(limit: number): Promise<ExportEntity[]> {
    return this.exports
      .createQueryBuilder('export')
      .where(`export.status = 'ready' AND export.expires_at <= now()`)
      .orderBy('export.expires_at')
      .take(limit)
      .getMany();
  }

  /**
   * Ready exports that have to go so that the rest takes `maxBytes`, oldest first. The newest stays whatever it takes,
   * and so does what is being downloaded.
   */
  beyond(maxBytes: number): Promise<ExportEntity[]> {
    return this.exports
      .createQueryBuilder('export')
      .where(
        `export.id IN (
          SELECT id FROM (
            SELECT id, downloading_until, row_number() OVER newest_first AS place,
                   sum((file->>'sizeBytes')::bigint) OVER newest_first AS bytes
              FROM pgexport.exports WHERE status = 'ready' WINDOW newest_first AS (ORDER BY id DESC)
          ) AS stored
          WHERE bytes > :maxBytes AND place > 1 AND coalesce(downloading_until < now(), true))`,
        { maxBytes },
      )
      .orderBy('export.id')
      .getMany();
  }

  /** Somebody downloads the file for the next so many seconds. */
  async noteDownload(id: string, seconds: number): Promise<void> {
    await this.exports.update({ id }, { downloadingUntil: () => `now() + interval '${String(seconds)} seconds'` });
  }

  /** Of these exports, those that this database knows, each with the key of the artifact it has or is making, if any. */
  async artifactsOf(ids: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.exports
      .createQueryBuilder('export')
      .select(['export.id', 'export.status', 'export.attempts', 'export.file'])
      .where('export.id = ANY(:ids)', { ids })
      .getMany();
    return new Map(
      rows.map(({ id, status, attempts, file }) => {
        const isNeeded = status === 'ready' || status === 'running';
        return [id, isNeeded ? (file?.key ?? `${id}.${String(attempts)}`) : null];
      }),
    );
  }
}
