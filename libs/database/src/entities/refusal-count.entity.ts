import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Refusals without a valid token in a minute that is not over; they go to the audit trail when it is. */
@Entity({ name: 'refusal_counts', schema: 'pgexport' })
export class RefusalCountEntity {
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'refusal_counts_pkey' })
  minute!: Date;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'refusal_counts_pkey' })
  address!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'refusal_counts_pkey' })
  code!: string;

  @Column({ type: 'bigint' })
  count!: string;
}
