import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The majors of PostgreSQL that a worker can restore into, by which a request for a proof is judged. */
export class ProvingWorkers1795402000000 implements MigrationInterface {
  readonly name = 'ProvingWorkers1795402000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."workers" ADD "server_majors" integer array NOT NULL DEFAULT '{}'
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."workers" DROP COLUMN "server_majors"
        `);
  }
}
