import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PgPrograms } from './pg-programs.js';

describe('the client programs', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'pg-export-programs-'));
  });
  afterEach(() => rm(parent, { recursive: true }));

  /** Installs programs that know their version and nothing else, as a distribution does: a folder for each major. */
  const install = async (version: string, programs = ['pg_dump', 'pg_restore']) => {
    const bin = join(parent, version.split('.')[0] ?? '', 'bin');
    await mkdir(bin, { recursive: true });
    for (const program of programs) {
      await writeFile(
        join(bin, program),
        `#!/bin/sh\necho '${program} (PostgreSQL) ${version} (Debian ${version}-1)'\n`,
      );
      await chmod(join(bin, program), 0o755);
    }
    return bin;
  };
  const programs = () => new PgPrograms(null, { parents: [parent], folders: [] });

  it('are chosen as the lowest major that is not older than the server', async () => {
    for (const version of ['17.2', '15.18', '16.4']) await install(version);
    expect((await programs().all()).map(({ version }) => version)).toEqual(['15.18', '16.4', '17.2']);
    expect(await programs().forServer(16)).toMatchObject({ version: '16.4', major: 16 });
    expect(await programs().forServer(13)).toMatchObject({ major: 15 });
  });

  it('that are all older are a version_mismatch that names both versions and the package', async () => {
    await install('15.18');
    const refusal = programs().forServer(18);
    await expect(refusal).rejects.toMatchObject({ code: 'version_mismatch', kind: 'user' });
    await expect(refusal).rejects.toThrow(/PostgreSQL 18, .* 15\.18\. Install the package postgresql-client-18/);
  });

  it('that are not there are pg_dump_missing, until they are', async () => {
    const looking = programs();
    await expect(looking.forServer(15)).rejects.toMatchObject({ code: 'pg_dump_missing' });
    await install('15.18');
    expect(await looking.forServer(15)).toMatchObject({ major: 15 });
  });

  it('do not count without a pg_restore beside the pg_dump', async () => {
    await install('15.18', ['pg_dump']);
    expect(await programs().all()).toEqual([]);
  });

  it('do not count when they cannot be started', async () => {
    const bin = await install('15.18');
    await writeFile(join(bin, 'pg_dump'), '#!/bin/sh\nexit 1\n');
    expect(await programs().all()).toEqual([]);
  });

  it('are looked for in PG_BIN_DIR alone where it is set', async () => {
    await install('15.18');
    const bin = await install('17beta1');
    expect(await new PgPrograms(bin).all()).toEqual([
      { version: '17beta1', major: 17, pgDump: join(bin, 'pg_dump'), pgRestore: join(bin, 'pg_restore') },
    ]);
  });
});
