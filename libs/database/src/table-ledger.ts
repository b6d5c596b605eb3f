import { TABLE_STATES, type TableProgress } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { type ExportTable, ExportTablesEntity, type TableCount } from './entities/export-tables.entity.js';
import type { Run } from './run-ledger.js';

/** How far runs are with each table. Only the run that has the export writes. */
@Injectable()
export class TableLedger {
  constructor(@InjectRepository(ExportTablesEntity) private readonly rows: Repository<ExportTablesEntity>) {}

  /** Begins the book of a run; what an earlier one has written is gone. */
  async open(run: Run, tables: readonly TableProgress[]): Promise<void> {
    const fixed = tables.map(({ schema, name, sizeBytes, rowsTotal }): ExportTable => {
      return { schema, name, sizeBytes, rowsTotal };
    });
    await this.rows.query(
      `INSERT INTO pgexport.export_tables (export_id, tables, counts)
       SELECT id, $4, $5 FROM pgexport.exports
        WHERE id = $1 AND status = 'running' AND worker_id = $2 AND attempts = $3
       ON CONFLICT (export_id) DO UPDATE SET tables = EXCLUDED.tables, counts = EXCLUDED.counts`,
      [run.exportId, run.workerId, run.attempt, JSON.stringify(fixed), JSON.stringify(tables.map(countOf))],
    );
  }

  /** @param tables the same ones, in the same order */
  async count(run: Run, tables: readonly TableProgress[]): Promise<void> {
    await this.rows.query(
      `UPDATE pgexport.export_tables SET counts = $4 FROM pgexport.exports
        WHERE id = $1 AND export_id = id AND status = 'running' AND worker_id = $2 AND attempts = $3`,
      [run.exportId, run.workerId, run.attempt, JSON.stringify(tables.map(countOf))],
    );
  }

  /** Biggest first; empty before the first run has looked at the source. */
  async find(exportId: string): Promise<TableProgress[]> {
    const row = await this.rows.findOneBy({ exportId });
    if (row === null) return [];
    return row.tables.map((table, index) => {
      const [rowsDone, state] = row.counts[index] ?? [0, 0];
      return {
        ...table,
        rowsDone,
        rowsTotal: Math.max(table.rowsTotal, rowsDone),
        state: TABLE_STATES[state] ?? 'waiting',
      };
    });
  }
}

function countOf({ rowsDone, state }: TableProgress): TableCount {
  return [rowsDone, TABLE_STATES.indexOf(state)];
}
