import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { endBackends } from './left-backends.js';
import { SourceAddress } from './source-address.js';
import { connectToSource, disconnect } from './source-client.js';

const never = new AbortController().signal;
const name = 'pg-export/left-behind';

describe('the backends that are left of an export', () => {
  let source: ThrowawayDatabase;
  beforeAll(async () => {
    source = await ThrowawayDatabase.make('left_backends');
  });
  afterAll(() => source.drop());

  const connected = async () => {
    const client = await connectToSource(new SourceAddress(source.url), name, never);
    return { client, [Symbol.asyncDispose]: () => disconnect(client) };
  };

  it('are ended, but not the one that asks', async () => {
    await using asking = await connected();
    await using orphan = await connected();
    expect(await endBackends(asking.client, name, () => Promise.resolve(true), 2_000)).toBe(1);
    await expect(orphan.client.query('SELECT 1')).rejects.toThrow();
    expect(await source.backends(name)).toBe(1);
  });

  it('are left alone by an attempt that is superseded', async () => {
    await using superseded = await connected();
    await using successor = await connected();
    expect(await endBackends(superseded.client, name, () => Promise.resolve(false), 2_000)).toBe(0);
    await expect(successor.client.query('SELECT 1')).resolves.toBeDefined();
  });

  it('are not those of a successor that came after the attempt was found to be the current one', async () => {
    await using frozen = await connected();
    await using orphan = await connected();
    const successors: Awaited<ReturnType<typeof connected>>[] = [];
    const isCurrent = async () => {
      successors.push(await connected());
      return true;
    };
    expect(await endBackends(frozen.client, name, isCurrent, 2_000)).toBe(1);
    await expect(orphan.client.query('SELECT 1')).rejects.toThrow();
    for (const successor of successors) {
      await expect(successor.client.query('SELECT 1')).resolves.toBeDefined();
      await disconnect(successor.client);
    }
  });

  it('are left alone while nobody can say whose turn it is', async () => {
    await using asking = await connected();
    await using other = await connected();
    const isCurrent = () => Promise.reject(new Error('Connection terminated'));
    await expect(endBackends(asking.client, name, isCurrent, 2_000)).rejects.toThrow('Connection terminated');
    await expect(other.client.query('SELECT 1')).resolves.toBeDefined();
  });
});
