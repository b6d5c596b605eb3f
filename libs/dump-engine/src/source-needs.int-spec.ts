import { randomBytes } from 'node:crypto';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { restore } from '../testing/restore.js';
import { connectToSource, disconnect, readNeeds, Selection, SourceAddress } from './index.js';

const OPTIONS = { content: 'all', noOwner: true, noPrivileges: false } as const;

describe('what a file needs to be restored', () => {
  const suffix = randomBytes(4).toString('hex');
  const name = (purpose: string) => `${purpose}_${suffix}`;
  const databases: ThrowawayDatabase[] = [];
  const roles = new Set<string>();

  const database = async (purpose: string) => {
    const made = await ThrowawayDatabase.make(purpose);
    databases.push(made);
    return made;
  };
  const role = async (at: ThrowawayDatabase, purpose: string) => {
    await at.sql(`CREATE ROLE ${name(purpose)}`);
    roles.add(name(purpose));
    return name(purpose);
  };
  const needs = async (url: string, options: Parameters<typeof readNeeds>[1] = OPTIONS, excluded: string[] = []) => {
    const client = await connectToSource(new SourceAddress(url), 'pg-export trial');
    return readNeeds(client, options, Selection.all(excluded)).finally(() => disconnect(client));
  };

  afterAll(async () => {
    const server = await ThrowawayDatabase.make('needs_cleanup');
    for (const made of databases) await made.drop();
    for (const made of roles) await server.sql(`DROP ROLE IF EXISTS ${made}`);
    await server.drop();
  });

  it('is nothing where nobody is named and nothing is installed', async () => {
    const source = await database('needs_none');
    await source.sql('CREATE TABLE plain (id integer)');
    expect(await needs(source.url)).toEqual([]);
    expect(await needs(source.url, { ...OPTIONS, content: 'schema' })).toEqual([]);
  });

  it('is each role that a grant or a policy names, and the file restores as soon as they are there', async () => {
    const source = await database('needs_roles');
    const [reporter, guarded] = [await role(source, 'reporter'), await role(source, 'guarded')];
    await source.sql(`CREATE TABLE orders (id integer, secret text); INSERT INTO orders VALUES (1, 'x');
      GRANT SELECT ON orders TO ${reporter};
      ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
      CREATE POLICY mine ON orders TO ${guarded} USING (true)`);
    const trial = await DumpTrial.of(source.url);
    const made = await trial.make();
    expect(await needs(source.url)).toEqual([`role ${guarded}`, `role ${reporter}`]);

    const server = await database('needs_target');
    await source.drop();
    await server.sql(`DROP ROLE ${reporter}; DROP ROLE ${guarded}`);
    const [without, within] = [await database('needs_without'), await database('needs_within')];
    const back = (target: ThrowawayDatabase) => restore(made.path, trial.isWrapped(), trial.client, target.url);
    await expect(back(without)).rejects.toThrow('does not exist');
    await server.sql(`CREATE ROLE ${reporter}; CREATE ROLE ${guarded}`);
    await back(within);
    expect(await within.sql('SELECT * FROM orders')).toEqual([{ id: 1, secret: 'x' }]);
    await trial.remove();
  });

  it('is named wherever PostgreSQL keeps privileges, unless they are left out', async () => {
    const source = await database('needs_places');
    const kinds = [
      'column',
      'schema',
      'routine',
      'type',
      'server',
      'object',
      'default',
      'system',
      'sequence',
      'mapped',
    ];
    for (const kind of kinds) await role(source, kind);
    await source.sql(`CREATE TABLE t (id serial, words text); CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('good');
      CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';
      CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;
      SELECT lo_create(4711);
      GRANT SELECT (words) ON t TO ${name('column')};
      GRANT USAGE ON SCHEMA s TO ${name('schema')};
      GRANT EXECUTE ON FUNCTION one() TO ${name('routine')};
      GRANT USAGE ON TYPE mood TO ${name('type')};
      GRANT USAGE ON FOREIGN SERVER far TO ${name('server')};
      GRANT SELECT ON LARGE OBJECT 4711 TO ${name('object')};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${name('default')} GRANT SELECT ON TABLES TO PUBLIC;
      GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO ${name('system')};
      GRANT USAGE ON SEQUENCE t_id_seq TO ${name('sequence')};
      CREATE USER MAPPING FOR ${name('mapped')} SERVER far`);
    expect(await needs(source.url)).toEqual(kinds.map((kind) => `role ${name(kind)}`).sort());
    expect(await needs(source.url, { ...OPTIONS, noPrivileges: true })).toEqual([`role ${name('mapped')}`]);
    expect(await needs(source.url, { ...OPTIONS, content: 'data' })).toEqual([]);
  });

  it('is the owners where they are kept, and an owner who has lost rights where they are not', async () => {
    const source = await database('needs_owners');
    const [owner, modest] = [await role(source, 'owner'), await role(source, 'modest')];
    await source.sql(`CREATE TABLE a (id integer); ALTER TABLE a OWNER TO ${owner};
      CREATE TABLE b (id integer); ALTER TABLE b OWNER TO ${modest}; REVOKE DELETE ON b FROM ${modest}`);
    expect(await needs(source.url)).toEqual([`role ${modest}`]);
    const all = await needs(source.url, { ...OPTIONS, noOwner: false, noPrivileges: true });
    expect(all).toEqual([`role ${modest}`, `role ${owner}`]);
  });

  it('is the extensions, and nobody that only a schema which is left out names', async () => {
    const source = await database('needs_extension');
    const hidden = await role(source, 'hidden');
    await source.sql(`CREATE EXTENSION pgcrypto; CREATE SCHEMA own; CREATE TABLE own.t (id integer);
      GRANT USAGE ON SCHEMA own TO ${hidden}; GRANT SELECT ON own.t TO ${hidden}`);
    expect(await needs(source.url, OPTIONS, ['own'])).toEqual(['extension pgcrypto']);
    expect(await needs(source.url)).toEqual(['extension pgcrypto', `role ${hidden}`]);
  });
});
