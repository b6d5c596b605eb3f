import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { UserEntity } from './user.entity.js';

/** A sign-in and the family of refresh tokens that came of it. Tokens are kept as SHA-256 only. */
@Entity({ name: 'sessions', schema: 'pgexport' })
@Index('sessions_user_id_idx', ['userId'])
export class SessionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sessions_pkey' })
  id!: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId!: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_id_fkey' })
  user!: Relation<UserEntity>;

  @Column({ name: 'refresh_hash', type: 'text' })
  refreshHash!: string;

  /** The token before the last rotation: good for a few seconds more (two tabs), a theft after that. */
  @Column({ name: 'previous_refresh_hash', type: 'text', nullable: true })
  previousRefreshHash!: string | null;

  @Column({ name: 'rotated_at', type: 'timestamptz', default: () => 'now()' })
  rotatedAt!: Date;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  /** When the user last gave the password in this session: sensitive acts ask for a recent one. */
  @Column({ name: 'stepped_up_at', type: 'timestamptz', default: () => 'now()' })
  steppedUpAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt!: Date | null;
}
