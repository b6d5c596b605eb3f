import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a trigger of a table says that somebody may not be, or may do, what they were and did. */
const EVENTS = [
  ['sessions', 'AFTER DELETE', 'OLD.ended_at IS NULL AND OLD.expires_at > now()'],
  ['sessions', 'AFTER UPDATE', '(OLD.ended_at, OLD.expires_at) IS DISTINCT FROM (NEW.ended_at, NEW.expires_at)'],
  ['api_tokens', 'AFTER DELETE', 'OLD.revoked_at IS NULL'],
  [
    'api_tokens',
    'AFTER UPDATE',
    '(OLD.revoked_at, OLD.expires_at, OLD.scopes) IS DISTINCT FROM (NEW.revoked_at, NEW.expires_at, NEW.scopes)',
  ],
  ['users', 'AFTER DELETE', 'true'],
  ['users', 'AFTER UPDATE', '(OLD.role, OLD.disabled) IS DISTINCT FROM (NEW.role, NEW.disabled)'],
] as const;

/**
 * Whoever ends a session, an API token or an account, or changes what it may, by whatever statement, tells those who
 * answer it: the id of the session, token or account.
 */
export class RightsAnnouncements1795407500000 implements MigrationInterface {
  readonly name = 'RightsAnnouncements1795407500000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
            CREATE FUNCTION "pgexport"."announce_rights"() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('pgexport_rights', OLD.id::text);
                RETURN NULL;
            END
            $$
        `);
    for (const [table, event, when] of EVENTS) {
      await queryRunner.query(`
            CREATE TRIGGER "${nameOf(table, event)}" ${event} ON "pgexport"."${table}"
            FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION "pgexport"."announce_rights"()
        `);
    }
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table, event] of EVENTS) {
      await queryRunner.query(`
            DROP TRIGGER "${nameOf(table, event)}" ON "pgexport"."${table}"
        `);
    }
    await queryRunner.query(`
            DROP FUNCTION "pgexport"."announce_rights"()
        `);
  }
}

function nameOf(table: string, event: string): string {
  return `${table}_announce_${event === 'AFTER DELETE' ? 'removal' : 'change'}`;
}
