import type { ExportFailure, ExportOptions } from '#lib/domain';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { restore } from '../testing/restore.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { Selection } from './selection.js';
import { SourceAddress } from './source-address.js';
import { connectToSource, disconnect } from './source-client.js';
import { requireReadable } from './unreadable.js';

const PASSWORD = 'secret';

describe('the export role', () => {
  let source: ThrowawayDatabase;
  let role: string;

  beforeEach(async () => {
    source = await ThrowawayDatabase.make('unreadable');
    role = await source.role('exporter', PASSWORD);
    await source.sql(`
      CREATE TABLE orders (id serial PRIMARY KEY, words text); INSERT INTO orders (words) VALUES ('one'), ('two');
      CREATE SCHEMA private; CREATE TABLE private."odd.Näme" (id integer); CREATE SEQUENCE private.numbers;
      CREATE TABLE guarded (id integer, owner text); INSERT INTO guarded VALUES (1, 'a'), (2, 'b');
      ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON guarded USING (owner = current_user);
      SELECT lo_from_bytea(4711, 'large');
      REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC`);
  });
  afterEach(async () => {
    await source.sql(`DROP OWNED BY ${role}; REVOKE pg_read_all_data FROM ${role}`);
    await source.drop();
  });

  const look = async (content: ExportOptions['content'] = 'all', excluded: string[] = []) => {
    const client = await connectToSource(new SourceAddress(source.urlAs(role, PASSWORD)), 'pg-export trial');
    try {
      await requireReadable(client, { content }, Selection.all(excluded));
      return [];
    } catch (error) {
      expect(error).toMatchObject({ code: 'permission_denied' });
      return (error as ExportFailure).detail?.split('\n') ?? [];
    } finally {
      await disconnect(client);
    }
  };

  it('is told all that it may not read, at once', async () => {
    await source.sql(`GRANT SELECT ON guarded TO ${role}`);
    expect(await look()).toEqual([
      'schema private',
      'table private."odd.Näme"',
      'table public.orders',
      'row-level security of table public.guarded',
      'sequence private.numbers',
      'sequence public.orders_id_seq',
      'large object 4711',
    ]);
  });

  it('needs no rows, sequences and large objects for the schema alone', async () => {
    expect(await look('schema', ['private'])).toEqual(['table public.guarded', 'table public.orders']);
  });

  it('is told twenty, and how many more there are', async () => {
    await source.sql(`DO $$ BEGIN FOR n IN 1..30 LOOP EXECUTE format('CREATE TABLE t%s ()', n); END LOOP; END $$`);
    const told = await look();
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe('and 17 more');
  });

  it('is asked for while somebody holds a table, without waiting', async () => {
    const release = await source.hold('LOCK TABLE orders, guarded IN ACCESS EXCLUSIVE MODE');
    expect(await look()).toContain('table public.orders');
    await release();
  });

  // docs/deploying.md, "Which rights the databases have to give".
  it.each([
    [
      'pg_read_all_data',
      (who: string) => `
        GRANT pg_read_all_data TO ${who};
        ALTER ROLE ${who} BYPASSRLS`,
    ],
    [
      'rights on each schema',
      (who: string) => `
        GRANT USAGE ON SCHEMA public, private TO ${who};
        GRANT SELECT ON ALL TABLES IN SCHEMA public, private TO ${who};
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, private TO ${who};
        ALTER ROLE ${who} BYPASSRLS`,
    ],
  ])('exports everything with %s, and restores from it', async (_, grants) => {
    await source.sql(`${grants(role)};
      DO $do$
      DECLARE object oid;
      BEGIN
        FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP
          EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO ${role}', object);
        END LOOP;
      END $do$`);
    expect(await look()).toEqual([]);
    const trial = await DumpTrial.of(source.urlAs(role, PASSWORD));
    const restored = await ThrowawayDatabase.make('unreadable_restored');
    try {
      const { path } = await trial.make();
      await restore(path, trial.isWrapped(), trial.client, restored.url);
      expect(await restored.sql('SELECT count(*)::int AS rows FROM guarded')).toEqual([{ rows: 2 }]);
      expect(await restored.sql(`SELECT convert_from(lo_get(4711), 'UTF8') AS words`)).toEqual([{ words: 'large' }]);
    } finally {
      await restored.drop();
      await trial.remove();
    }
  });

  it('misses nothing that pg_dump would stop at: what is told is what fails', async () => {
    await source.sql(`GRANT pg_read_all_data TO ${role}; ALTER ROLE ${role} BYPASSRLS`);
    expect(await look()).toEqual(['large object 4711']);
    const trial = await DumpTrial.of(source.urlAs(role, PASSWORD));
    expect(await trial.failure()).toMatchObject({
      code: 'permission_denied',
      detail: expect.stringContaining('4711') as string,
    });
    await trial.remove();
  });
});
