import type { Role } from '#lib/domain';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ name: 'users', schema: 'pgexport' })
@Unique('users_email_key', ['email'])
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  /** Lower case. */
  @Column({ type: 'text' })
  email!: string;

  /** argon2id in PHC form: `$argon2id$v=19$m=…`. */
  @Column({ name: 'password_hash', type: 'text' })
  passwordHash!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'boolean', default: false })
  disabled!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;
}
