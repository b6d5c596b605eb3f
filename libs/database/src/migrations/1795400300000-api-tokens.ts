import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ApiTokens1795400300000 implements MigrationInterface {
  readonly name = 'ApiTokens1795400300000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."api_tokens" (
                "id" uuid NOT NULL,
                "user_id" uuid NOT NULL,
                "name" text NOT NULL,
                "hash" text NOT NULL,
                "scopes" text array NOT NULL,
                "allowed_cidrs" text array,
                "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires_at" TIMESTAMP WITH TIME ZONE,
                "last_used_at" TIMESTAMP WITH TIME ZONE,
                "revoked_at" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "api_tokens_hash_key" UNIQUE ("hash"),
                CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id"),
                CONSTRAINT "api_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "pgexport"."users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "api_tokens_user_id_idx" ON "pgexport"."api_tokens" ("user_id")
        `);
    // An Idempotency-Key belongs to a caller: an account, or one of its tokens.
    await queryRunner.query(`
            ALTER TABLE "pgexport"."idempotency_keys" RENAME COLUMN "user_id" TO "caller_id"
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."idempotency_keys" RENAME COLUMN "caller_id" TO "user_id"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."api_tokens"
        `);
  }
}
