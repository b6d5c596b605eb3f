import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A worker process that reports itself every few seconds. */
@Entity({ name: 'workers', schema: 'pgexport' })
export class WorkerEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workers_pkey' })
  id!: string;

  @Column({ name: 'started_at', type: 'timestamptz', default: () => 'now()' })
  startedAt!: Date;

  @Column({ name: 'seen_at', type: 'timestamptz', default: () => 'now()' })
  seenAt!: Date;

  /** Majors of PostgreSQL that it has a server of, to restore into. */
  @Column({ name: 'server_majors', type: 'integer', array: true, default: '{}' })
  serverMajors!: number[];
}
