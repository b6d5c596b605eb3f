import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { DownloadLinkEntity } from './entities/download-link.entity.js';

@Injectable()
export class DownloadLinkRegister {
  constructor(@InjectRepository(DownloadLinkEntity) private readonly links: Repository<DownloadLinkEntity>) {}

  /** When the link was used first, or null. */
  async firstUse(id: string): Promise<Date | null> {
    return (await this.links.findOneBy({ id }))?.firstUsedAt ?? null;
  }

  async markUsed(id: string): Promise<void> {
    await this.links.createQueryBuilder().insert().values({ id }).orIgnore().execute();
  }
}
