import { compareDatabases } from './compare-databases.ts';
import { ensureShop, fillShop } from './fill-shop.ts';
import { TrialDatabases } from './testing/trial-databases.ts';

/** Longest run of one test; making a database takes a second on a slow disk. */
const milliseconds = 120_000;

const small = { scale: 0.05 };

describe('the sample shop', () => {
  it(
    'comes back whole from a dump',
    async () => {
      const databases = new TrialDatabases();
      const shop = await databases.create('shop');
      await fillShop(shop, small);

      expect(await compareDatabases(shop, await databases.restoreFromDumpOf(shop, 'restored'))).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'is the same shop each time it is made',
    async () => {
      const databases = new TrialDatabases();
      const [one, two] = [await databases.create('one'), await databases.create('two')];
      await fillShop(one, small);
      await fillShop(two, small);

      expect(await compareDatabases(one, two)).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'is made once, also by two starts at the same time, and recognised from then on',
    async () => {
      const databases = new TrialDatabases();
      const name = databases.name('shop');
      const both = await Promise.all([1, 2].map(() => ensureShop(databases.serverUrl, name, small)));

      expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
      expect(await ensureShop(databases.serverUrl, name)).toEqual({ created: false });
      await expect(ensureShop(databases.serverUrl, name, { scale: 2 })).rejects.toThrow('at scale 0.05, not 2');
      await databases.dropAll();
    },
    milliseconds,
  );

  it.each(['types', 'customers, orders and visits', 'views, functions and triggers'])(
    'is made again when the first attempt died at its %s',
    async (step) => {
      const databases = new TrialDatabases();
      const name = databases.name('shop');
      const dying = ensureShop(databases.serverUrl, name, {
        ...small,
        onStep: (message) => {
          if (message.endsWith(step)) throw new Error('killed');
        },
      });

      await expect(dying).rejects.toThrow('killed');
      expect(await ensureShop(databases.serverUrl, name, small)).toEqual({ created: true });
      const [row] = await databases.ask(
        databases.urlOf(name),
        'SELECT count(*)::integer AS customers FROM public.customers',
      );
      expect(row).toEqual({ customers: 600 });
      await databases.dropAll();
    },
    milliseconds,
  );

  it(
    'never touches a database that holds something else',
    async () => {
      const databases = new TrialDatabases();
      const url = await databases.create('precious');
      await databases.ask(url, 'CREATE TABLE public.precious (id integer)');
      const name = new URL(url).pathname.slice(1);

      await expect(ensureShop(databases.serverUrl, name)).rejects.toThrow('is left alone');
      await expect(fillShop(url)).rejects.toThrow('is left alone');
      expect(await databases.ask(url, 'SELECT * FROM public.precious')).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );
});
