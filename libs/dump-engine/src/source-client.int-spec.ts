import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { Relay } from '../testing/relay.js';
import { connectToSource, disconnect } from './source-client.js';
import { SourceAddress } from './source-address.js';
import { readDatabaseSize, readSourceFacts, readSourceTables } from './source-inspection.js';

const never = new AbortController().signal;

describe('a connection to a source', () => {
  let source: ThrowawayDatabase;
  beforeAll(async () => {
    source = await ThrowawayDatabase.make('source_client');
    await source.sql(
      'CREATE SCHEMA other; CREATE TABLE other.small (id integer); CREATE TABLE big AS SELECT repeat(n::text, 100) AS words FROM generate_series(1, 10000) AS n; CREATE VIEW seen AS SELECT 1; ANALYZE',
    );
  });
  afterAll(() => source.drop());

  const connected = async (url = source.url, applicationName = 'pg-export trial') => {
    const client = await connectToSource(new SourceAddress(url), applicationName, never);
    return { client, [Symbol.asyncDispose]: () => disconnect(client) };
  };
  const failure = (url: string) =>
    connectToSource(new SourceAddress(url), 'pg-export trial', never).then(
      () => null,
      (error: unknown) => error,
    );

  it('falls back to plain where the server has no TLS and libpq would, too', async () => {
    await using found = await connected(`${source.url}?sslmode=prefer`);
    expect((await found.client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('does not fall back where TLS is required', async () => {
    expect(await failure(`${source.url}?sslmode=require`)).toMatchObject({
      code: 'source_unreachable',
      detail: expect.stringContaining('SSL') as string,
    });
  });

  it('says why there is none: nobody there, a wrong password, no such role, no such database', async () => {
    const refused = new URL(source.url);
    refused.port = '1';
    const reader = await source.role('reader', 'right');
    expect(await failure(refused.href)).toMatchObject({ code: 'source_unreachable' });
    expect(await failure(source.urlAs(reader, 'wrong'))).toMatchObject({ code: 'authentication_failed' });
    expect(await failure(source.urlAs('nobody_of_that_name', ''))).toMatchObject({ code: 'authentication_failed' });
    expect(await failure(source.urlOf('no_such_database'))).toMatchObject({ code: 'source_unreachable' });
    expect(await failure('postgres://nowhere.invalid/shop')).toMatchObject({ code: 'source_unreachable' });
  });

  it('is given up when its run is stopped, even while the server says nothing', async () => {
    const relay = await Relay.to(source.url);
    relay.fallSilent();
    const stop = new AbortController();
    const connecting = connectToSource(new SourceAddress(relay.url), 'pg-export trial', stop.signal);
    setImmediate(() => {
      stop.abort(new Error('enough'));
    });
    const stoppedAt = performance.now();
    await expect(connecting).rejects.toThrow('enough');
    expect(performance.now() - stoppedAt).toBeLessThan(1_000);
    await relay.close();
  });

  it('is closed in a moment, even when the network has fallen silent', async () => {
    const relay = await Relay.to(source.url);
    const client = await connectToSource(new SourceAddress(relay.url), 'pg-export trial', never);
    relay.fallSilent();
    const question = client.query('SELECT 1');
    const closedAt = performance.now();
    await Promise.all([disconnect(client), expect(question).rejects.toThrow()]);
    expect(performance.now() - closedAt).toBeLessThan(1_500);
    await relay.close();
  });

  it('tells an ordinary role what it has to know', async () => {
    const plain = await source.role('plain', 'secret');
    await using found = await connected(source.urlAs(plain, 'secret'));
    await using same = await connected();
    const facts = await readSourceFacts(found.client);
    expect(facts.serverVersion).toMatch(new RegExp(`^${String(facts.serverMajor)}\\.`));
    expect(facts).toEqual(await readSourceFacts(same.client));
    await using other = await connected(source.urlOf('postgres'));
    expect((await readSourceFacts(other.client)).identity).not.toBe(facts.identity);
  });

  it('lists the tables that pg_dump will copy, biggest first, and those of left-out schemas not', async () => {
    await using found = await connected();
    const tables = await readSourceTables(found.client, []);
    expect(tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['public.big', 'other.small']);
    expect(tables[0]).toMatchObject({ estimatedRows: 10000 });
    expect(tables.map(({ sizeBytes }) => sizeBytes > 0)).toEqual([true, true]);
    expect(await readSourceTables(found.client, ['other'])).toHaveLength(1);
  });

  it('lists them while somebody holds a table exclusively', async () => {
    const release = await source.hold('LOCK TABLE big IN ACCESS EXCLUSIVE MODE');
    await using found = await connected();
    await found.client.query('SET statement_timeout = 2000');
    expect(await readSourceTables(found.client, [])).toHaveLength(2);
    expect(await readDatabaseSize(found.client)).toBeGreaterThan(1_000_000);
    await release();
  });
});
