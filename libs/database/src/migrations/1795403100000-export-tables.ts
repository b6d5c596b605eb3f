import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExportTables1795403100000 implements MigrationInterface {
  readonly name = 'ExportTables1795403100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."export_tables" (
                "export_id" uuid NOT NULL,
                "tables" jsonb NOT NULL,
                "counts" jsonb NOT NULL,
                CONSTRAINT "export_tables_pkey" PRIMARY KEY ("export_id")
            )
        `);
    await queryRunner.query(`
            ALTER TABLE "pgexport"."export_tables"
            ADD CONSTRAINT "export_tables_export_id_fkey" FOREIGN KEY ("export_id") REFERENCES "pgexport"."exports"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "pgexport"."export_tables"
        `);
  }
}
