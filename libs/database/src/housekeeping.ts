import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What is of no use to anybody any more. Each age is well beyond the longest life that may be configured. */
const OUTLIVED = [
  ['idempotency_keys', `created_at < now() - interval '24 hours'`],
  // Serves ranges for a week at most after its first use; a link that was never used has no row.
  ['download_links', `first_used_at < now() - interval '30 days'`],
  // Kept for a while, so that a refresh token which is used again is still known for what it is.
  ['sessions', `least(ended_at, expires_at) < now() - interval '30 days'`],
  // Those that never expire are never old.
  ['api_tokens', `least(revoked_at, expires_at) < now() - interval '30 days'`],
  // How far a run was with each table is looked at while its file is there, and for a while after its end.
  [
    'export_tables',
    `EXISTS (SELECT FROM pgexport.exports e WHERE e.id = export_id AND e.status NOT IN ('queued', 'running', 'ready')
               AND e.finished_at < now() - interval '30 days')`,
  ],
  ['login_failures', `last_at < now() - interval '1 day' AND closed_until < now()`],
] as const;

/** Keeps the tables from growing for ever that are only ever added to. */
@Injectable()
export class Housekeeping {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * Deletes old rows, at most `batch` of each table, past those that somebody else holds.
   * @returns how many there were
   */
  async clear(batch: number): Promise<number> {
    let cleared = 0;
    for (const [table, isOld] of OUTLIVED) {
      const [, count] = await this.source.query<[unknown[], number]>(
        `DELETE FROM pgexport.${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM pgexport.${table} WHERE ${isOld} LIMIT $1 FOR UPDATE SKIP LOCKED))`,
        [batch],
      );
      cleared += count;
    }
    return cleared;
  }
}
