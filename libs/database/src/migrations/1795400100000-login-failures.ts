import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LoginFailures1795400100000 implements MigrationInterface {
  readonly name = 'LoginFailures1795400100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."login_failures" (
                "key" text NOT NULL,
                "failures" integer NOT NULL,
                "last_at" TIMESTAMP WITH TIME ZONE NOT NULL,
                "closed_until" TIMESTAMP WITH TIME ZONE NOT NULL,
                CONSTRAINT "login_failures_pkey" PRIMARY KEY ("key")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "login_failures_last_at_idx" ON "pgexport"."login_failures" ("last_at")
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "pgexport"."login_failures"
        `);
  }
}
