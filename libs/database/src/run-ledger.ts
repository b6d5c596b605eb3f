import { type Blocking, type ExportStage, NO_PROGRESS, type Progress } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Raw, Repository } from 'typeorm';
import { ExportEntity, type StoredError, type StoredFile } from './entities/export.entity.js';

/** One run of an export by one worker: every transition names all three, so a superseded worker changes nothing. */
export interface Run {
  exportId: string;
  workerId: string;
  attempt: number;
}

/** What became of a wish to run: ours; not now (the database has its share of runs, or the time has not come); or nothing waits any more. */
export type Claim = { taken: true; row: ExportEntity; run: Run } | { taken: false; why: 'busy' | 'moved' };

/** What the worker learns when it reports. */
export type Standing = 'ours' | 'cancel_requested' | 'lost';

/** The workers' side of the table of exports. A transition is one conditional UPDATE; zero rows: somebody else moved. */
@Injectable()
export class RunLedger {
  constructor(@InjectRepository(ExportEntity) private readonly exports: Repository<ExportEntity>) {}

  /**
   * Takes the oldest waiting export of `exportId`'s database for `workerId`, unless `perDatabase` of them run already. A
   * job in the queue is a turn: whose turn comes is decided here, or jobs that were told to come again while the
   * database was busy would be served by chance.
   */
  claim(exportId: string, workerId: string, perDatabase: number): Promise<Claim> {
    return this.exports.manager.transaction(async (manager): Promise<Claim> => {
      const asked = await manager.findOneBy(ExportEntity, { id: exportId });
      if (asked === null) return { taken: false, why: 'moved' };
      const { database } = asked;
      // Two claims for one database would both count no run; the lock lets one of them count first.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('pg-export'), hashtext($1))`, [database]);
      const waiting = { database, status: 'queued' } as const;
      const oldest = await manager.findOne(ExportEntity, {
        where: [
          { ...waiting, runAfter: IsNull() },
          { ...waiting, runAfter: Raw((column) => `${column} <= now()`) },
        ],
        order: { id: 'ASC' },
      });
      const running = await manager.countBy(ExportEntity, { database, status: 'running' });
      if (oldest === null || running >= perDatabase) {
        return { taken: false, why: (await manager.existsBy(ExportEntity, waiting)) ? 'busy' : 'moved' };
      }
      const update = await manager.update(
        ExportEntity,
        { id: oldest.id, status: 'queued' },
        {
          status: 'running',
          stage: 'preparing',
          attempts: () => 'attempts + 1',
          workerId,
          // This transaction may have waited for the lock: by now() the run would begin before the one ahead of it ended.
          startedAt: () => 'coalesce(started_at, clock_timestamp())',
          heartbeatAt: () => 'now()',
          runAfter: null,
          version: () => 'version + 1',
        },
      );
      if (update.affected !== 1) return { taken: false, why: 'moved' };
      const row = await manager.findOneByOrFail(ExportEntity, { id: oldest.id });
      return { taken: true, row, run: { exportId: row.id, workerId, attempt: row.attempts } };
    });
  }

  /**
   * Reports how far the run is, and learns whether it should go on. A report of what is known already is a heartbeat: no
   * client sees it.
   */
  async report(run: Run, stage: ExportStage, progress: Progress, blocking: Blocking | null = null): Promise<Standing> {
    const update = await this.exports
      .createQueryBuilder()
      .update()
      .set({
        stage,
        progress,
        blocking,
        heartbeatAt: () => 'now()',
        version: () =>
          'version + ((stage, progress, blocking) IS DISTINCT FROM (:newStage, :newProgress::jsonb, :newBlocking::jsonb))::int',
      })
      .where(this.held(run))
      .setParameters({
        newStage: stage,
        newProgress: JSON.stringify(progress),
        newBlocking: blocking === null ? null : JSON.stringify(blocking),
      })
      .returning(['cancelRequestedAt'])
      .execute();
    if (update.affected !== 1) return 'lost';
    const [row] = update.raw as { cancel_requested_at: Date | null }[];
    return row?.cancel_requested_at === null ? 'ours' : 'cancel_requested';
  }

  /** Whether the run still has its export. */
  holds(run: Run): Promise<boolean> {
    return this.exports.existsBy(this.held(run));
  }

  /**
   * The file is whole and in the store. False: the run was superseded, or its cancel was promised, and the file has to
   * go. May be called again when the answer was lost: an export that is ready with this very file was completed by us.
   */
  async complete(run: Run, file: StoredFile, progress: Progress, retentionHours: number): Promise<boolean> {
    const ended = await this.end(
      { ...this.held(run), cancelRequestedAt: IsNull() },
      {
        status: 'ready',
        file,
        progress,
        error: null,
        expiresAt: () => `now() + interval '${String(retentionHours)} hours'`,
      },
    );
    if (ended) return true;
    const row = await this.exports.findOneBy({ id: run.exportId, status: 'ready' });
    return row?.file?.key === file.key;
  }

  fail(run: Run, error: StoredError): Promise<boolean> {
    return this.end(this.held(run), { status: 'failed', error });
  }

  cancel(run: Run): Promise<boolean> {
    return this.end(this.held(run), { status: 'cancelled' });
  }

  /**
   * Back in the queue for another try, unless its cancel was promised: then it is cancelled. A run that a shutdown cut
   * short is not counted.
   */
  async putBack(run: Run, { delaySeconds, counted }: { delaySeconds: number; counted: boolean }): Promise<boolean> {
    const unlessCancelled = (then: string, otherwise: string) => () =>
      `CASE WHEN cancel_requested_at IS NULL THEN ${then} ELSE ${otherwise} END`;
    const update = await this.exports.update(this.held(run), {
      status: unlessCancelled("'queued'", "'cancelled'"),
      stage: unlessCancelled("'waiting'", "'done'"),
      finishedAt: unlessCancelled('NULL::timestamptz', 'now()'),
      runAfter: unlessCancelled(`now() + interval '${String(delaySeconds)} seconds'`, 'NULL'),
      progress: NO_PROGRESS,
      blocking: null,
      workerId: null,
      heartbeatAt: null,
      attempts: () => (counted ? 'attempts' : 'attempts - 1'),
      version: () => 'version + 1',
    });
    return update.affected === 1;
  }

  /**
   * Runs whose last report is so old. Or comes from the future: then the server's clock has gone back, and how old it is
   * nobody knows.
   */
  async silent(seconds: number): Promise<{ row: ExportEntity; run: Run }[]> {
    const rows = await this.exports
      .createQueryBuilder('export')
      .where(`export.status = 'running'`)
      .andWhere(`export.heartbeat_at NOT BETWEEN now() - interval '${String(seconds)} seconds' AND now()`)
      .getMany();
    return rows.map((row) => ({
      row,
      run: { exportId: row.id, workerId: row.workerId ?? '', attempt: row.attempts },
    }));
  }

  /** Waiting exports that are due, oldest first. */
  due(): Promise<ExportEntity[]> {
    return this.exports
      .createQueryBuilder('export')
      .where(`export.status = 'queued' AND coalesce(export.run_after, now()) <= now()`)
      .orderBy('export.id')
      .getMany();
  }

  private held(run: Run) {
    return { id: run.exportId, status: 'running' as const, workerId: run.workerId, attempts: run.attempt };
  }

  private async end(
    held: Parameters<typeof this.exports.update>[0],
    change: Parameters<typeof this.exports.update>[1],
  ): Promise<boolean> {
    const update = await this.exports.update(held, {
      ...change,
      stage: 'done',
      blocking: null,
      finishedAt: () => 'now()',
      version: () => 'version + 1',
    });
    return update.affected === 1;
  }
}
