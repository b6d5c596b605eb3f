import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which store the finished files are in, so that a process that looks elsewhere is told so. */
export class OneStore1795406000000 implements MigrationInterface {
  readonly name = 'OneStore1795406000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."stores" (
                "id" uuid NOT NULL,
                "registered_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "stores_pkey" PRIMARY KEY ("id")
            )
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "pgexport"."stores"
        `);
  }
}
