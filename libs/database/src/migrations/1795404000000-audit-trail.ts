import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit trail takes new rows and nothing else. The trigger holds for everybody, but its owner can take it away: what
 * really protects the rows is that the running service is another role, with rights to INSERT and SELECT alone.
 */
export class AuditTrail1795404000000 implements MigrationInterface {
  readonly name = 'AuditTrail1795404000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE TABLE "pgexport"."audit_events" (
                "seq" bigint NOT NULL,
                "at" TIMESTAMP(3) WITH TIME ZONE NOT NULL,
                "action" text NOT NULL,
                "outcome" text NOT NULL,
                "user_id" uuid,
                "email" text,
                "via" text,
                "credential_id" uuid,
                "address" text,
                "correlation_id" text,
                "target" text,
                "details" text NOT NULL,
                "hash" text NOT NULL,
                CONSTRAINT "audit_events_pkey" PRIMARY KEY ("seq")
            )
        `);
    await queryRunner.query(`
            CREATE FUNCTION "pgexport"."keep_audit_events"() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'The audit trail takes new rows and nothing else.' USING ERRCODE = 'insufficient_privilege';
            END
            $$
        `);
    await queryRunner.query(`
            CREATE TRIGGER "audit_events_keep_rows" BEFORE UPDATE OR DELETE ON "pgexport"."audit_events"
            FOR EACH ROW EXECUTE FUNCTION "pgexport"."keep_audit_events"()
        `);
    await queryRunner.query(`
            CREATE TRIGGER "audit_events_keep_table" BEFORE TRUNCATE ON "pgexport"."audit_events"
            FOR EACH STATEMENT EXECUTE FUNCTION "pgexport"."keep_audit_events"()
        `);
    await queryRunner.query(`
            CREATE TABLE "pgexport"."refusal_counts" (
                "minute" TIMESTAMP WITH TIME ZONE NOT NULL,
                "address" text NOT NULL,
                "code" text NOT NULL,
                "count" bigint NOT NULL,
                CONSTRAINT "refusal_counts_pkey" PRIMARY KEY ("minute", "address", "code")
            )
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "pgexport"."refusal_counts"`);
    await queryRunner.query(`DROP TABLE "pgexport"."audit_events"`);
    await queryRunner.query(`DROP FUNCTION "pgexport"."keep_audit_events"()`);
  }
}
