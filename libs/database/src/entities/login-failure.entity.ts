import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Attempts to sign in to one account from one address that have not succeeded. */
@Entity({ name: 'login_failures', schema: 'pgexport' })
@Index('login_failures_last_at_idx', ['lastAt'])
export class LoginFailureEntity {
  /** Hash of the account and the address: what was typed for an account may be a password in the wrong field. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'login_failures_pkey' })
  key!: string;

  @Column({ type: 'integer' })
  failures!: number;

  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt!: Date;

  /** No further attempt before this. */
  @Column({ name: 'closed_until', type: 'timestamptz' })
  closedUntil!: Date;
}
