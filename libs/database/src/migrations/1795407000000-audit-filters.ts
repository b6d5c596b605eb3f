import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each filter of the audit trail finds its newest events without reading the others, also among millions. */
export class AuditFilters1795407000000 implements MigrationInterface {
  readonly name = 'AuditFilters1795407000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE INDEX "audit_events_action_idx" ON "pgexport"."audit_events" ("action", "seq")
        `);
    await queryRunner.query(`
            CREATE INDEX "audit_events_outcome_idx" ON "pgexport"."audit_events" ("outcome", "seq")
        `);
    await queryRunner.query(`
            CREATE INDEX "audit_events_email_idx" ON "pgexport"."audit_events" ("email", "seq")
        `);
    await queryRunner.query(`
            CREATE INDEX "audit_events_at_idx" ON "pgexport"."audit_events" ("at", "seq")
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            DROP INDEX "pgexport"."audit_events_at_idx"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."audit_events_email_idx"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."audit_events_outcome_idx"
        `);
    await queryRunner.query(`
            DROP INDEX "pgexport"."audit_events_action_idx"
        `);
  }
}
