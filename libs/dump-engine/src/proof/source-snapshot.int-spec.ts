import { ThrowawayDatabase } from '../../../database/testing/throwaway-database.js';
import { WHOLE } from '../../testing/proof-trial.js';
import { SourceAddress } from '../source-address.js';
import { SourceSnapshot } from './source-snapshot.js';

const MIB = 1 << 20;

describe("a source's snapshot", () => {
  let source: ThrowawayDatabase;
  let bytes: number;
  beforeAll(async () => {
    source = await ThrowawayDatabase.make('snapshot');
    // Half of the bytes are long values, which lie outside of their table.
    await source.sql(`CREATE TABLE filled AS SELECT i, repeat(md5(i::text), 20) AS words FROM generate_series(1, 2000) AS i;
      CREATE TABLE long (id integer, words text); ALTER TABLE long ALTER words SET STORAGE EXTERNAL;
      INSERT INTO long SELECT i, repeat(md5(i::text), 300) FROM generate_series(1, 150) AS i`);
    const [size] = await source.sql<{ bytes: number }>(
      `SELECT (pg_relation_size('filled') + pg_relation_size('long') + pg_relation_size(reltoastrelid))::int AS bytes
         FROM pg_class WHERE relname = 'long'`,
    );
    bytes = size!.bytes;
  });
  afterAll(() => source.drop());

  const measure = async (maxBytesPerSecond: number | null, serverMajor = 15) => {
    const signal = AbortSignal.timeout(60_000);
    const snapshot = await SourceSnapshot.take(
      {
        address: new SourceAddress(source.url),
        applicationName: 'pg-export trial',
        serverMajor,
        lockTimeoutSeconds: 1,
        excludedSchemas: [],
        maxBytesPerSecond,
      },
      signal,
    );
    let parts = 0;
    const startedAt = performance.now();
    const figures = await snapshot.measure(WHOLE, () => (parts += 1), signal).finally(() => snapshot.release());
    return { figures, parts, seconds: (performance.now() - startedAt) / 1000 };
  };

  it('is counted part by part, no faster than gentle mode allows, and comes to the same', async () => {
    const limit = MIB;
    const [freely, gently] = [await measure(null), await measure(limit)];
    expect(bytes / limit).toBeGreaterThan(2);
    expect(freely.parts).toBe(2);
    expect(gently.parts).toBeGreaterThan(freely.parts);
    // After the last part, a second's worth at most, there is nothing to wait for.
    expect(gently.seconds).toBeGreaterThan(bytes / limit - 1.5);
    expect(gently.figures.tables.get('public.filled')?.rows).toBe(2000n);
    expect(gently.figures).toEqual(freely.figures);
  });

  it('does not look as if it stood still where a server can only be asked for whole tables', async () => {
    const { parts, seconds } = await measure(MIB, 13);

    expect(seconds).toBeGreaterThan(1);
    expect(parts).toBeGreaterThanOrEqual(2 + Math.floor(seconds / 0.5) - 1);
  });
});
