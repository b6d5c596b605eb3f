import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ProviderAccounts1795405100000 implements MigrationInterface {
  readonly name = 'ProviderAccounts1795405100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."users"
                ALTER COLUMN "password_hash" DROP NOT NULL,
                ADD "oidc_issuer" text,
                ADD "oidc_subject" text,
                ADD CONSTRAINT "users_oidc_key" UNIQUE ("oidc_issuer", "oidc_subject")
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    // Without a password here they could only stay as accounts that nobody gets into.
    await queryRunner.query(`
            DELETE FROM "pgexport"."users" WHERE "password_hash" IS NULL
        `);
    await queryRunner.query(`
            ALTER TABLE "pgexport"."users"
                DROP CONSTRAINT "users_oidc_key",
                DROP COLUMN "oidc_subject",
                DROP COLUMN "oidc_issuer",
                ALTER COLUMN "password_hash" SET NOT NULL
        `);
  }
}
