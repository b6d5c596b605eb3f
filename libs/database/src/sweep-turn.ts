import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

const SWEEP_LOCK = 4_205_005;
/** A sweeper that is frozen keeps its turn for so long; then the server takes it away. */
const LONGEST_SILENCE = '5min';

/** Lets one sweeper at a time work, among all processes of the installation. */
@Injectable()
export class SweepTurn {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** @returns false when it is another one's turn: nothing was done */
  take(sweep: () => Promise<void>): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      await manager.query(`SET LOCAL idle_in_transaction_session_timeout = '${LONGEST_SILENCE}'`);
      const [lock] = await manager.query<{ ours: boolean }[]>('SELECT pg_try_advisory_xact_lock($1) AS ours', [
        SWEEP_LOCK,
      ]);
      if (lock?.ours !== true) return false;
      await sweep();
      return true;
    });
  }
}
