import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverUser } from '../../../scripts/machine/os-user.ts';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { describeWithDisk, mountSmallDisk, unmount } from '../testing/small-disk.js';

describeWithDisk('a disk that fills', () => {
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
    mountSmallDisk(disk);
  });
  afterAll(async () => {
    unmount(disk);
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

  it("is a failure of the source where it is the source's own, in PostgreSQL's words", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pg-export-tablespace-'));
    const user = await serverUser();
    const space = `${source.name}_space`;
    mountSmallDisk(folder);
    try {
      chmodSync(folder, 0o700);
      if (user) chownSync(folder, user.uid, user.gid);
      // What pg_dump asks of the catalog is sorted on that disk, which has room for the tablespace's folder alone.
      await source.sql(`CREATE TABLESPACE ${space} LOCATION '${folder}'`);
      execFileSync('dd', ['if=/dev/zero', `of=${join(folder, 'filler')}`, 'bs=4k', 'count=253'], { stdio: 'pipe' });
      await source.sql(`ALTER DATABASE ${source.name} SET work_mem = '64kB'`);
      await source.sql(`ALTER DATABASE ${source.name} SET temp_tablespaces = '${space}'`);
      expect(await trial.failure()).toMatchObject({
        code: 'source_error',
        kind: 'user',
        detail: expect.stringMatching(/ERROR: {2}could not .*: No space left on device/) as string,
      });
      expect(childProcesses()).toEqual([]);
    } finally {
      await source.sql(`ALTER DATABASE ${source.name} RESET ALL`);
      await source.sql(`DROP TABLESPACE IF EXISTS ${space}`);
      unmount(folder);
      rmSync(folder, { recursive: true });
    }
  });
});
