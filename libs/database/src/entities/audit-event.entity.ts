import type { AuditAction, AuditOutcome, AuditVia } from '#lib/domain';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One link of the audit trail. The table takes new rows and nothing else: see the migration AuditTrail. */
@Index('audit_events_action_idx', ['action', 'seq'])
@Index('audit_events_outcome_idx', ['outcome', 'seq'])
@Index('audit_events_email_idx', ['email', 'seq'])
@Index('audit_events_at_idx', ['at', 'seq'])
@Entity({ name: 'audit_events', schema: 'pgexport' })
export class AuditEventEntity {
  /** Its place in the chain, from 1, without a gap. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'audit_events_pkey' })
  seq!: string;

  /** To the millisecond: what the hash covers is all that is kept. */
  @Column({ type: 'timestamptz', precision: 3 })
  at!: Date;

  @Column({ type: 'text' })
  action!: AuditAction;

  @Column({ type: 'text' })
  outcome!: AuditOutcome;

  @Column({ name: 'user_id', type: 'uuid', nullable: true })
  userId!: string | null;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text', nullable: true })
  via!: AuditVia | null;

  @Column({ name: 'credential_id', type: 'uuid', nullable: true })
  credentialId!: string | null;

  @Column({ type: 'text', nullable: true })
  address!: string | null;

  @Column({ name: 'correlation_id', type: 'text', nullable: true })
  correlationId!: string | null;

  @Column({ type: 'text', nullable: true })
  target!: string | null;

  /** JSON, as text: neither its order nor its spaces may change under the hash. */
  @Column({ type: 'text' })
  details!: string;

  /** HMAC-SHA-256 over this row and the hash before it, in hexadecimal. */
  @Column({ type: 'text' })
  hash!: string;
}
