import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fillNasty } from '../../../../sample-database/fill-nasty.ts';
import { fillShop } from '../../../../sample-database/fill-shop.ts';
import { ThrowawayDatabase } from '../../../database/testing/throwaway-database.js';
import { childProcesses } from '../../testing/child-processes.js';
import { ProofTrial } from '../../testing/proof-trial.js';
import { PROOF_SUFFIX, proofParents } from './proof-folder.js';

const databases: ThrowawayDatabase[] = [];
const database = async (purpose: string) => {
  const made = await ThrowawayDatabase.make(`proof_${purpose}`);
  databases.push(made);
  return made;
};
const expectNothingLeft = (trial: ProofTrial) => {
  expect(childProcesses()).toEqual([]);
  for (const parent of proofParents(trial.dumps.folder)) {
    expect(existsSync(join(parent, `${trial.key}${PROOF_SUFFIX}`))).toBe(false);
  }
};
const damage = async (path: string, at: number) => {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(64), 0, 64, at);
  await file.write(
    buffer.map((byte) => byte ^ 0xff),
    0,
    64,
    at,
  );
  await file.close();
};

afterAll(async () => {
  for (const made of databases) await made.drop();
});

describe.each([
  ['shop', (url: string) => fillShop(url, { scale: 0.02 })],
  ['nasty', fillNasty],
] as const)('the file of the %s database', (kind, fill) => {
  let trial: ProofTrial;
  let source: ThrowawayDatabase;
  beforeAll(async () => {
    source = await database(kind);
    await fill(source.url);
    trial = await ProofTrial.of(source.url);
  });
  afterEach(() => {
    expectNothingLeft(trial);
  });
  afterAll(() => trial.dumps.remove());

  it.each(['zstd', 'gzip', 'none'] as const)('with %s holds the same rows as the source', async (compression) => {
    const [counted] = await source.sql<{ tables: number }>(
      `SELECT count(*)::int AS tables FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    );
    const proven = await trial.prove({ compression });
    expect(proven.tables).toBe(counted!.tables);
    expect(proven.rows).toBeGreaterThan(100);
  });

  it('of the schema alone holds no row', async () => {
    const scope = { hasTable: () => true, hasRows: () => false, hasSequences: false, hasLargeObjects: false };
    expect((await trial.prove({ content: 'schema' }, { scope })).rows).toBe(0);
  });
});

describe('a proof', () => {
  const rowsAndSequence = `CREATE TABLE items (id serial PRIMARY KEY, words text);
    INSERT INTO items (words) SELECT repeat(md5(n::text), 20) FROM generate_series(1, 5000) AS n;
    CREATE TABLE others (id integer); INSERT INTO others SELECT generate_series(1, 7)`;
  const trials: ProofTrial[] = [];
  const prepared = async (purpose: string, sql = rowsAndSequence) => {
    const source = await database(purpose);
    await source.sql(sql);
    const trial = await ProofTrial.of(source.url);
    trials.push(trial);
    return { source, trial };
  };
  afterEach(() => {
    for (const trial of trials) expectNothingLeft(trial);
  });
  afterAll(async () => {
    for (const trial of trials) await trial.dumps.remove();
  });

  it.each(['zstd', 'gzip', 'none'] as const)(
    'notices a file with %s that was damaged after the dump',
    async (compression) => {
      const { trial } = await prepared(`damaged_${compression}`);
      const failure = await trial.failure(
        { compression },
        { between: async ({ path }) => damage(path, Math.floor((await stat(path)).size * 0.7)) },
      );
      expect(failure).toMatchObject({ code: 'restore_failed' });
    },
  );

  it('notices that one row is missing, and says of which table with both figures', async () => {
    const { source, trial } = await prepared('short');
    // What is in the file is one row short of what the snapshot was said to hold.
    const failure = await trial.failure(
      {},
      {
        afterSnapshot: async () => {
          await source.sql(`DELETE FROM items WHERE id = 77`);
        },
        withoutSnapshot: true,
      },
    );
    expect(failure).toMatchObject({
      code: 'restore_failed',
      message: 'The restored database differs from the source.',
      detail: 'table public.items: 5000 rows in the source, 4999 restored',
    });
  });

  it('notices that one value is another', async () => {
    const { source, trial } = await prepared('changed');
    const failure = await trial.failure(
      {},
      {
        afterSnapshot: async () => {
          await source.sql(`UPDATE items SET words = 'x' WHERE id = 77`);
        },
        withoutSnapshot: true,
      },
    );
    expect(failure.detail).toMatch(
      /^table public\.items: 5000 rows in the source, 5000 restored \(checksum -?\d+ in the source, -?\d+ restored\)$/,
    );
  });

  it('compares with the snapshot, whatever has been written since', async () => {
    const { source, trial } = await prepared('busy');
    const proven = await trial.prove(
      {},
      {
        afterSnapshot: async () => {
          await source.sql(
            `INSERT INTO items (words) VALUES ('new'); DELETE FROM others; SELECT nextval('items_id_seq')`,
          );
        },
      },
    );
    expect(proven).toEqual({ tables: 2, rows: 5007 });
  });

  it('brings the roles and extensions along that the file needs', async () => {
    const role = `proof_reader_${randomBytes(4).toString('hex')}`;
    const { source, trial } = await prepared(
      'needs',
      `CREATE ROLE ${role}; ${rowsAndSequence}; CREATE EXTENSION hstore;
      CREATE TABLE keyed (at hstore); INSERT INTO keyed VALUES ('a=>1'); GRANT SELECT ON items TO ${role};
      ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${role}`,
    );
    expect((await trial.survey()).needs).toEqual(['extension hstore', 'role postgres', `role ${role}`]);
    expect(await trial.prove()).toEqual({ tables: 3, rows: 5008 });
    await source.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('runs what the file brings without the rights of a superuser', async () => {
    const { trial } = await prepared(
      'hostile',
      `CREATE FUNCTION run() RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         IF current_database() = 'proof' THEN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch /tmp/pg-export-hostile'''; END IF;
         RETURN true;
       END $$;
       CREATE TABLE trapped (id integer CHECK (run())); INSERT INTO trapped VALUES (1)`,
    );
    const failure = await trial.failure();
    expect(failure).toMatchObject({ code: 'restore_failed' });
    expect(failure.detail).toMatch(/must be superuser|permission denied/);
    expect(existsSync('/tmp/pg-export-hostile')).toBe(false);
  });

  it('names what nobody should restore on this machine', async () => {
    const { trial } = await prepared(
      'outside',
      `CREATE FUNCTION export(oid, text) RETURNS integer LANGUAGE internal AS 'be_lo_export';
       CREATE FUNCTION fine(integer) RETURNS integer LANGUAGE internal AS 'int4up'`,
    );
    expect((await trial.survey()).objects.unprovable).toEqual(['function export(oid,text) in internal']);
  });
});
