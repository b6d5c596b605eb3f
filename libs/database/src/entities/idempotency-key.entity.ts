import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A caller's `Idempotency-Key` and the export it stands for; the primary key is what makes a double click one export. */
@Entity({ name: 'idempotency_keys', schema: 'pgexport' })
@Index('idempotency_keys_created_at_idx', ['createdAt'])
export class IdempotencyKeyEntity {
  /** An account, or an API token. */
  @PrimaryColumn({ name: 'caller_id', type: 'uuid', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  callerId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key!: string;

  /** SHA-256 of the body as it was understood, so that the same key with another body is noticed. */
  @Column({ name: 'body_hash', type: 'text' })
  bodyHash!: string;

  @Column({ name: 'export_id', type: 'uuid' })
  exportId!: string;

  /** Whether another request has come with this key and got the same export: it is not the first one's alone. */
  @Column({ type: 'boolean', default: false })
  repeated!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
