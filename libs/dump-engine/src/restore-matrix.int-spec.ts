import {
  completeOptions,
  COMPRESSIONS,
  type Content,
  CONTENTS,
  type ExportOptions,
  FORMATS,
  isWrapped,
  restoreCommand,
  type RequestedOptions,
  type TableName,
} from '#lib/domain';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { copyFile, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareDatabases, describeDatabase } from '../../../sample-database/compare-databases.ts';
import { fillNasty } from '../../../sample-database/fill-nasty.ts';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { runRestoreCommand } from '../testing/restore.js';

/** Small, so that every combination can be tried; what is hard to dump is in the nasty database. */
const TABLES = `
  CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id integer PRIMARY KEY, customer integer NOT NULL REFERENCES customers, words text);
  CREATE INDEX ON orders (customer);
  CREATE VIEW busy AS SELECT customer, count(*) AS n FROM orders GROUP BY customer`;
const ROWS = `
  INSERT INTO customers (name) SELECT 'customer ' || i FROM generate_series(1, 200) AS i;
  INSERT INTO orders SELECT i, 1 + i % 200, md5(i::text) FROM generate_series(1, 2000) AS i;
  SELECT lo_from_bytea(4711, 'a large object')`;

/** What a schema without rows can't have. */
const isAboutRows = (name: string) => /^(rows of|value of sequence|large object) /.test(name);

interface Row {
  owner: string;
  acl: string;
}

describe('the restore command', () => {
  let small: ThrowawayDatabase;
  let empty: ThrowawayDatabase;
  let owner: string;
  let reader: string;
  let facts: Record<string, string>;
  let trial: DumpTrial;
  let temporary: string;
  let key: { path: string; recipient: string };

  beforeAll(async () => {
    small = await ThrowawayDatabase.make('matrix');
    empty = await ThrowawayDatabase.make('matrix_empty');
    await empty.sql(TABLES);
    await small.sql(TABLES);
    await small.sql(ROWS);
    [owner, reader] = [await small.role('owner', 'password'), await small.role('reader', 'password')];
    await small.sql(`ALTER TABLE orders OWNER TO ${owner}; GRANT SELECT ON customers TO ${reader}`);
    facts = Object.fromEntries(await describeDatabase(small.url));
    trial = await DumpTrial.of(small.url);
    temporary = join(trial.folder, 'temporary');
    await mkdir(temporary);
    const identity = await generateX25519Identity();
    key = { path: join(trial.folder, 'key.txt'), recipient: await identityToRecipient(identity) };
    await writeFile(key.path, `# created: today\n${identity}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    await trial.remove();
    await empty.drop();
    await small.drop();
  });

  const isSense = (wishes: RequestedOptions) => !('problem' in completeOptions(wishes));
  const streams = FORMATS.flatMap((format) =>
    COMPRESSIONS.flatMap((compression) => [false, true].map((encrypted) => ({ format, compression, encrypted }))),
  ).filter(({ encrypted, ...wishes }) => isSense({ ...wishes, ...(encrypted ? { encryptTo: ['age1…'] } : {}) }));
  const flags = [true, false].flatMap((noOwner) => [true, false].map((noPrivileges) => ({ noOwner, noPrivileges })));

  const wishesOf = ({ encrypted, ...wishes }: (typeof streams)[number], more: RequestedOptions): RequestedOptions => ({
    ...wishes,
    ...more,
    ...(encrypted ? { encryptTo: [key.recipient] } : {}),
  });

  /** Into a new database: an empty one, or for data alone, one that has the tables. */
  const targetFor = (content: Content) => ThrowawayDatabase.make('matrix_back', content === 'data' ? empty : undefined);

  const restoreInto = async (target: ThrowawayDatabase, file: string, options: ExportOptions) => {
    const command = restoreCommand(options, isWrapped(options, trial.client.major));
    const words = { FILE: file, KEY: key.path, targetUrl: target.url };
    await runRestoreCommand(command, words, trial.client, temporary);
  };

  const expectRestored = async (target: ThrowawayDatabase, { content, noOwner, noPrivileges }: ExportOptions) => {
    const restored = Object.fromEntries(await describeDatabase(target.url));
    if (content === 'schema') {
      const withoutRows = (all: Record<string, string>) =>
        Object.fromEntries(Object.entries(all).filter(([name]) => !isAboutRows(name)));
      expect(withoutRows(restored)).toEqual(withoutRows(facts));
      expect(await target.sql('SELECT FROM orders')).toEqual([]);
    } else {
      expect(restored).toEqual(facts);
    }
    if (content === 'data') return;
    const [row] = await target.sql<Row>(
      `SELECT o.relowner::regrole::text AS owner, coalesce(c.relacl::text, '') AS acl
         FROM pg_class o, pg_class c WHERE o.relname = 'orders' AND c.relname = 'customers'`,
    );
    expect(row?.owner === owner).toBe(!noOwner);
    expect(row?.acl.includes(reader)).toBe(!noPrivileges);
  };

  const roundTrip = async (wishes: RequestedOptions, target?: ThrowawayDatabase) => {
    const options = trial.options(wishes);
    const made = await trial.make(wishes);
    const into = target ?? (await targetFor(options.content));
    await restoreInto(into, made.path, options);
    await expectRestored(into, options);
    await into.drop();
    await rm(made.path);
  };

  describe.each(streams)('of format $format with $compression, encrypted: $encrypted', (stream) => {
    it('brings each content back', async () => {
      const turn = streams.indexOf(stream);
      await Promise.all(
        CONTENTS.map((content, index) => {
          // What is left out takes turns: of each format all of it is tried below.
          const flag = flags[(turn + index) % flags.length];
          return roundTrip(wishesOf(stream, { content, ...flag }));
        }),
      );
      expect(await readdir(temporary)).toEqual([]);
    }, 60_000);

    it('does not leave with 0 when the file was cut in the middle', async () => {
      const options = trial.options(wishesOf(stream, {}));
      const made = await trial.make(wishesOf(stream, {}));
      const cut = join(trial.folder, 'cut');
      await copyFile(made.path, cut);
      await truncate(cut, Math.floor(made.sizeBytes / 2));
      const target = await targetFor('all');
      await expect(restoreInto(target, cut, options)).rejects.toMatchObject({ code: expect.any(Number) as number });
      expect(await readdir(temporary)).toEqual([]);
      await target.drop();
    }, 60_000);
  });

  it.each(FORMATS)(
    'of format %s leaves out what was to be left out, and nothing else',
    async (format) => {
      await Promise.all(flags.map((flag) => roundTrip({ format, ...flag })));
    },
    60_000,
  );

  const [customers, orders, busy] = ['customers', 'orders', 'busy'].map((name) => ({ schema: 'public', name })) as [
    TableName,
    TableName,
    TableName,
  ];
  const filters: [RequestedOptions, { customers: number | null; orders: number | null }][] = [
    [{ includeTables: [customers] }, { customers: 200, orders: null }],
    [{ excludeTables: [orders, busy] }, { customers: 200, orders: null }],
    [{ excludeTableData: [orders] }, { customers: 200, orders: 0 }],
    [
      { includeSchemas: ['public'], content: 'schema' },
      { customers: 0, orders: 0 },
    ],
    [
      { includeTables: [customers], content: 'data' },
      { customers: 200, orders: 0 },
    ],
  ];

  it.each(FORMATS)(
    'of format %s brings back a part, and nothing else',
    async (format) => {
      await Promise.all(
        filters.map(async ([filter, rows]) => {
          const wishes = { format, ...filter };
          const made = await trial.make(wishes);
          const target = await targetFor(filter.content ?? 'all');
          await restoreInto(target, made.path, trial.options(wishes));
          const count = async (name: string) => {
            const [there] = await target.sql<{ oid: string | null }>('SELECT to_regclass($1)::text AS oid', [name]);
            return there?.oid == null ? null : (await target.sql(`SELECT FROM ${name}`)).length;
          };
          expect({ customers: await count('customers'), orders: await count('orders') }).toEqual(rows);
          await target.drop();
          await rm(made.path);
        }),
      );
    },
    60_000,
  );

  it('of a script drops first what it makes, where that was asked for', async () => {
    const clean = { format: 'plain', clean: true } as const;
    await roundTrip(clean);
    await roundTrip(clean, await ThrowawayDatabase.make('matrix_full', small));
  }, 60_000);

  it.each(COMPRESSIONS)(
    'of a script with %s stops at the first error',
    async (compression) => {
      const wishes = { format: 'plain', compression } as const;
      const made = await trial.make(wishes);
      const target = await ThrowawayDatabase.make('matrix_taken');
      await target.sql('CREATE TABLE orders (id integer)');
      const restoring = restoreInto(target, made.path, trial.options(wishes));
      await expect(restoring).rejects.toMatchObject({ stderr: expect.stringContaining('already exists') as string });
      expect(await target.sql('SELECT FROM pg_class WHERE relname = $1', ['busy'])).toEqual([]);
      await target.drop();
    },
    60_000,
  );

  describe('of the nasty database', () => {
    let nasty: ThrowawayDatabase;
    let nastyTrial: DumpTrial;

    beforeAll(async () => {
      nasty = await ThrowawayDatabase.make('matrix_nasty');
      await fillNasty(nasty.url);
      nastyTrial = await DumpTrial.of(nasty.url);
    }, 60_000);
    afterAll(async () => {
      await nastyTrial.remove();
      await nasty.drop();
    });

    it.each(
      streams.filter(({ format, compression, encrypted }) =>
        encrypted ? format === 'custom' && compression === 'none' : compression === 'zstd',
      ),
    )(
      'brings everything back: format $format with $compression, encrypted: $encrypted',
      async (stream) => {
        const options = nastyTrial.options(wishesOf(stream, {}));
        const made = await nastyTrial.make(wishesOf(stream, {}));
        const target = await targetFor('all');
        await restoreInto(target, made.path, options);
        expect(await compareDatabases(nasty.url, target.url)).toEqual([]);
        await target.drop();
      },
      60_000,
    );
  });
});
