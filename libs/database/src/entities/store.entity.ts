import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The store of finished files that this database's exports are in, by the mark that its folder carries. One row at most. */
@Entity({ name: 'stores', schema: 'pgexport' })
export class StoreEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'stores_pkey' })
  id!: string;

  @Column({ name: 'registered_at', type: 'timestamptz', default: () => 'now()' })
  registeredAt!: Date;
}
