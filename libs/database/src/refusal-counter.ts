import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

export interface RefusalCount {
  address: string;
  code: string;
  count: number;
}

/** Refusals without a valid token, counted for each address and minute over all processes. */
@Injectable()
export class RefusalCounter {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  async add(counts: readonly RefusalCount[]): Promise<void> {
    // In one order for all processes, or two of them lock each other out.
    const rows = counts.toSorted((a, b) => compare(`${a.address} ${a.code}`, `${b.address} ${b.code}`));
    await this.source.query(
      `INSERT INTO pgexport.refusal_counts AS c (minute, address, code, count)
       SELECT date_trunc('minute', now()), * FROM unnest($1::text[], $2::text[], $3::bigint[])
       ON CONFLICT (minute, address, code) DO UPDATE SET count = c.count + EXCLUDED.count`,
      [rows.map(({ address }) => address), rows.map(({ code }) => code), rows.map(({ count }) => count)],
    );
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
