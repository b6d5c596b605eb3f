import type { Role } from '#lib/domain';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ name: 'users', schema: 'pgexport' })
@Unique('users_email_key', ['email'])
@Unique('users_oidc_key', ['oidcIssuer', 'oidcSubject'])
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /** Lower case. Of an account of an identity provider: what it is called by, and no proof of anything. */
  @Column({ type: 'text' })
  email!: string;

  /** argon2id in PHC form: `$argon2id$v=19$m=…`. Null: signs in at the identity provider. */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash!: string | null;

  @Column({ name: 'oidc_issuer', type: 'text', nullable: true })
  oidcIssuer!: string | null;

  /** What the issuer calls them (`sub`), for ever. */
  @Column({ name: 'oidc_subject', type: 'text', nullable: true })
  oidcSubject!: string | null;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'boolean', default: false })
  disabled!: boolean;

  /** Sealed with a key of this server; read only where a code is checked. Pending until `totpConfirmedAt` is set. */
  @Column({ name: 'totp_secret', type: 'text', nullable: true, select: false })
  totpSecret!: string | null;

  /** Since when signing in asks for a code; null: it does not. */
  @Column({ name: 'totp_confirmed_at', type: 'timestamptz', nullable: true })
  totpConfirmedAt!: Date | null;

  /** The time step (RFC 6238 §4.2) of the newest code that was used: no code is good twice. */
  @Column({ name: 'totp_last_step', type: 'integer', default: 0 })
  totpLastStep!: number;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
