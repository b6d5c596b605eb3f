import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';

describe('a disk that fills', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  let disk: string;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_disk');
    // Numbers that no compression brings under a megabyte.
    await source.sql('CREATE TABLE noise AS SELECT random() AS a, random() AS b FROM generate_series(1, 200000)');
    trial = await DumpTrial.of(source.url);
    disk = join(trial.folder, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch (cause) {
      throw new Error('A disk of one megabyte could not be mounted: run "npm test" as root on Linux.', { cause });
    }
  });
  afterAll(async () => {
    execFileSync('umount', [disk]);
    await trial.remove();
    await source.drop();
  });

  it.each(['zstd', 'gzip', 'none'] as const)(
    'is a failure that says so, and is empty again (%s)',
    async (compression) => {
      const failure = await trial.failure({ compression }, { partialPath: join(disk, 'export.partial') });
      expect(failure).toMatchObject({ code: 'disk_full', kind: 'user' });
      expect(readdirSync(disk)).toEqual([]);
      expect(childProcesses()).toEqual([]);
    },
  );
});
