import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { WorkerEntity } from './entities/worker.entity.js';

/** Which workers are alive. */
@Injectable()
export class WorkerRoll {
  constructor(@InjectRepository(WorkerEntity) private readonly workers: Repository<WorkerEntity>) {}

  /** @param serverMajors of PostgreSQL that the worker can restore into */
  async report(id: string, serverMajors: readonly number[]): Promise<void> {
    await this.workers.query(
      `INSERT INTO pgexport.workers (id, server_majors) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET seen_at = now(), server_majors = excluded.server_majors`,
      [id, serverMajors],
    );
    await this.workers.query(`DELETE FROM pgexport.workers WHERE seen_at < now() - interval '1 day'`);
  }

  async leave(id: string): Promise<void> {
    await this.workers.delete({ id });
  }

  /** Workers that reported in the last so many seconds. */
  seenWithin(seconds: number): Promise<number> {
    return this.workers
      .createQueryBuilder('worker')
      .where(`worker.seen_at > now() - interval '${String(seconds)} seconds'`)
      .getCount();
  }

  /** How many workers reported in the last so many seconds, and the majors that at least one of them can restore into. */
  async servers(seconds: number): Promise<{ workers: number; majors: number[] }> {
    const rows = await this.workers
      .createQueryBuilder('worker')
      .where(`worker.seen_at > now() - interval '${String(seconds)} seconds'`)
      .getMany();
    return { workers: rows.length, majors: [...new Set(rows.flatMap(({ serverMajors }) => serverMajors))] };
  }
}
