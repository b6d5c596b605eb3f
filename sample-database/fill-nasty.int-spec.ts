import { compareDatabases } from './compare-databases.ts';
import { fillNasty } from './fill-nasty.ts';
import { TrialDatabases } from './testing/trial-databases.ts';

/** Longest run of one test; making a database takes a second on a slow disk. */
const milliseconds = 120_000;

describe('the nasty database', () => {
  it(
    'comes back whole from a dump',
    async () => {
      const databases = new TrialDatabases();
      const nasty = await databases.create('nasty');
      await fillNasty(nasty);

      expect(await compareDatabases(nasty, await databases.restoreFromDumpOf(nasty, 'restored'))).toEqual([]);
      await databases.dropAll();
    },
    milliseconds,
  );
});
