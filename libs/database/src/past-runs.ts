import type { PastRun } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ExportEntity } from './entities/export.entity.js';

/** More runs than this tell nothing new of the next one. */
const LOOKED_AT = 50;

/** What earlier exports of a database came to. */
@Injectable()
export class PastRuns {
  constructor(@InjectRepository(ExportEntity) private readonly exports: Repository<ExportEntity>) {}

  /** Newest first; also those whose file is gone by now. */
  async of(database: string): Promise<PastRun[]> {
    const rows = await this.exports
      .createQueryBuilder('export')
      .where(`export.database = :database AND export.file->'made' IS NOT NULL`, { database })
      .orderBy('export.id', 'DESC')
      .take(LOOKED_AT)
      .getMany();
    return rows.flatMap(({ options, file }) =>
      file?.made === undefined ? [] : [{ options, fileBytes: file.sizeBytes, ...file.made }],
    );
  }
}
