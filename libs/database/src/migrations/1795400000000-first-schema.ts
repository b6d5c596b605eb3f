import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FirstSchema1795400000000 implements MigrationInterface {
  readonly name = 'FirstSchema1795400000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."download_links" (
                "id" uuid NOT NULL,
                "first_used_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "download_links_pkey" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."exports" (
                "id" uuid NOT NULL,
                "database" text NOT NULL,
                "status" text NOT NULL DEFAULT 'queued',
                "stage" text NOT NULL DEFAULT 'waiting',
                "progress" jsonb NOT NULL,
                "options" jsonb NOT NULL,
                "file" jsonb,
                "error" jsonb,
                "requested_by_id" uuid NOT NULL,
                "requested_by_email" text NOT NULL,
                "requested_via" text NOT NULL,
                "session_id" uuid NOT NULL,
                "attempts" integer NOT NULL DEFAULT '0',
                "worker_id" text,
                "heartbeat_at" TIMESTAMP WITH TIME ZONE,
                "run_after" TIMESTAMP WITH TIME ZONE,
                "cancel_requested_at" TIMESTAMP WITH TIME ZONE,
                "version" integer NOT NULL DEFAULT '0',
                "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "started_at" TIMESTAMP WITH TIME ZONE,
                "finished_at" TIMESTAMP WITH TIME ZONE,
                "expires_at" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "exports_pkey" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "exports_database_idx" ON "pgexport"."exports" ("database", "id")
        `);
    await queryRunner.query(`
            CREATE INDEX "exports_status_idx" ON "pgexport"."exports" ("status", "id")
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."idempotency_keys" (
                "user_id" uuid NOT NULL,
                "key" text NOT NULL,
                "body_hash" text NOT NULL,
                "export_id" uuid NOT NULL,
                "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id", "key")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "idempotency_keys_created_at_idx" ON "pgexport"."idempotency_keys" ("created_at")
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."users" (
                "id" uuid NOT NULL,
                "email" text NOT NULL,
                "password_hash" text NOT NULL,
                "role" text NOT NULL,
                "disabled" boolean NOT NULL DEFAULT false,
                "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "users_email_key" UNIQUE ("email"),
                CONSTRAINT "users_pkey" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."sessions" (
                "id" uuid NOT NULL,
                "user_id" uuid NOT NULL,
                "refresh_hash" text NOT NULL,
                "previous_refresh_hash" text,
                "rotated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "stepped_up_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
                "ended_at" TIMESTAMP WITH TIME ZONE,
                CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            CREATE INDEX "sessions_user_id_idx" ON "pgexport"."sessions" ("user_id")
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."workers" (
                "id" text NOT NULL,
                "started_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
                CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
            )
        `);
    await queryRunner.query(`
            ALTER TABLE "pgexport"."sessions"
            ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "pgexport"."users"("id") ON DELETE CASCADE ON UPDATE NO ACTION
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."sessions" DROP CONSTRAINT "sessions_user_id_fkey"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."workers"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."sessions_user_id_idx"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."sessions"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."users"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."idempotency_keys_created_at_idx"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."idempotency_keys"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."exports_status_idx"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."exports_database_idx"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."exports"
        `);
    await queryRunner.query(`
            DROP TABLE "pgexport"."download_links"
        `);
  }
}
