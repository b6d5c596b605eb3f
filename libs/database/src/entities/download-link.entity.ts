import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A link's first use, after which it goes on serving ranges for a while; unused links have no row. */
@Entity({ name: 'download_links', schema: 'pgexport' })
export class DownloadLinkEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'download_links_pkey' })
  id!: string;

  @Column({ name: 'first_used_at', type: 'timestamptz', default: () => 'now()' })
  firstUsedAt!: Date;
}
