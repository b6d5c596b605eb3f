import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until when a file counts as being downloaded: such a one is not deleted to make room. */
export class DownloadsUnderWay1795400600000 implements MigrationInterface {
  readonly name = 'DownloadsUnderWay1795400600000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."exports" ADD "downloading_until" TIMESTAMP WITH TIME ZONE
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."exports" DROP COLUMN "downloading_until"
        `);
  }
}
