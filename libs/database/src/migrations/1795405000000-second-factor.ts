import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SecondFactor1795405000000 implements MigrationInterface {
  readonly name = 'SecondFactor1795405000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."users"
                ADD "totp_secret" text,
                ADD "totp_confirmed_at" TIMESTAMP WITH TIME ZONE,
                ADD "totp_last_step" integer NOT NULL DEFAULT 0
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."recovery_codes" (
                "user_id" uuid NOT NULL,
                "hash" text NOT NULL,
                "used_at" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id", "hash"),
                CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "pgexport"."users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
            )
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP TABLE "pgexport"."recovery_codes"
        `);
    await queryRunner.query(`
            ALTER TABLE "pgexport"."users"
                DROP COLUMN "totp_last_step",
                DROP COLUMN "totp_confirmed_at",
                DROP COLUMN "totp_secret"
        `);
  }
}
