import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { WorkerEntity } from './entities/worker.entity.js';

/** Which workers are alive. */
@Injectable()
export class WorkerRoll {
  constructor(@InjectRepository(WorkerEntity) private readonly workers: Repository<WorkerEntity>) {}

  async report(id: string): Promise<void> {
    await this.workers.query(
      `INSERT INTO pgexport.workers (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [id],
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
}
