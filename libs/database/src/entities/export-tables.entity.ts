import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ExportEntity } from './export.entity.js';

/** What is known of a table before it is dumped. */
export interface ExportTable {
  schema: string;
  name: string;
  sizeBytes: number;
  rowsTotal: number;
}

/** How far a table is: rows, and 0 waiting, 1 dumping, 2 done. */
export type TableCount = [rowsDone: number, state: number];

/**
 * The tables of an export, biggest first, of its latest run. What stays is written once, what moves beside it: of ten
 * thousand tables some hundred kilobytes a second, instead of their names with it.
 */
@Entity({ name: 'export_tables', schema: 'pgexport' })
export class ExportTablesEntity {
  @PrimaryColumn({ name: 'export_id', type: 'uuid', primaryKeyConstraintName: 'export_tables_pkey' })
  exportId!: string;

  @OneToOne(() => ExportEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'export_id', foreignKeyConstraintName: 'export_tables_export_id_fkey' })
  export?: Relation<ExportEntity>;

  @Column({ type: 'jsonb' })
  tables!: ExportTable[];

  /** In the order of `tables`. */
  @Column({ type: 'jsonb' })
  counts!: TableCount[];
}
