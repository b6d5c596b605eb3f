import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever changes an export, by whatever statement, tells those who follow it: its id on one channel, and on another
 * that the queue has moved, which changes the places of all who wait in it.
 */
export class ExportAnnouncements1795400200000 implements MigrationInterface {
  readonly name = 'ExportAnnouncements1795400200000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE FUNCTION "pgexport"."announce_export"() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('pgexport_export', OLD.id::text);
                -- NEW is null when the row is deleted.
                IF (OLD.status = 'queued') IS DISTINCT FROM coalesce(NEW.status = 'queued', false) THEN
                    PERFORM pg_notify('pgexport_queue', '');
                END IF;
                RETURN NULL;
            END
            $$
        `);
    await queryRunner.query(`
            CREATE TRIGGER "exports_announce_removal" AFTER DELETE ON "pgexport"."exports"
            FOR EACH ROW EXECUTE FUNCTION "pgexport"."announce_export"()
        `);
    // A heartbeat that changes nothing to be seen is no news.
    await queryRunner.query(`
            CREATE TRIGGER "exports_announce_change" AFTER UPDATE ON "pgexport"."exports"
            FOR EACH ROW WHEN (OLD.version IS DISTINCT FROM NEW.version)
            EXECUTE FUNCTION "pgexport"."announce_export"()
        `);
    await queryRunner.query(`
            ALTER TABLE "pgexport"."idempotency_keys" ADD "repeated" boolean NOT NULL DEFAULT false
        `);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            ALTER TABLE "pgexport"."idempotency_keys" DROP COLUMN "repeated"
        `);
    await queryRunner.query(`
            DROP TRIGGER "exports_announce_change" ON "pgexport"."exports"
        `);
    await queryRunner.query(`
            DROP TRIGGER "exports_announce_removal" ON "pgexport"."exports"
        `);
    await queryRunner.query(`
            DROP FUNCTION "pgexport"."announce_export"()
        `);
  }
}
