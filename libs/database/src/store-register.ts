import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { StoreEntity } from './entities/store.entity.js';

/** Serialises processes that start together; any fixed number will do. */
const STORE_LOCK = 4_205_004;

/** Knows which store the finished files are in: API and workers have to use the same one. */
@Injectable()
export class StoreRegister {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * Registers the first store that comes. Only one process at a time is in here.
   * @param enter is told the registered store's mark, or null, and gives the mark of the one it has entered
   * @throws whatever `enter` refuses with; nothing is registered then
   */
  async settle(enter: (registered: string | null) => Promise<string>): Promise<void> {
    await this.source.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [STORE_LOCK]);
      const [registered] = await manager.find(StoreEntity, { take: 1 });
      const id = await enter(registered?.id ?? null);
      if (registered === undefined) await manager.insert(StoreEntity, { id });
    });
  }
}
