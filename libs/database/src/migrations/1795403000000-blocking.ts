import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Blocking1795403000000 implements MigrationInterface {
  readonly name = 'Blocking1795403000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."exports" ADD "blocking" jsonb
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."exports" DROP COLUMN "blocking"
        `);
  }
}
