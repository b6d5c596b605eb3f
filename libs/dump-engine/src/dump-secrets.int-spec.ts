import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../database/testing/eventually.js';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { standInClient } from '../testing/stand-in-client.js';

const PASSWORD = 's3cr3t with a space';

describe('what a dump shows of its source', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  let folder: string;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_secrets');
    await source.sql('CREATE TABLE held (id integer)');
    const reader = await source.role('reader', PASSWORD);
    await source.sql(`ALTER TABLE held OWNER TO ${reader}`);
    trial = await DumpTrial.of(source.urlAs(reader, PASSWORD));
    folder = await mkdtemp(join(tmpdir(), 'pg-export-secrets-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await trial.remove();
    await source.drop();
  });

  it('is, on the command lines that everybody can read, neither its password nor its name', async () => {
    const release = await source.hold('LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const failing = trial.failure();
    const lines = await eventually(
      () => childProcesses().map(({ args }) => args.join(' ')),
      (seen) => seen.some((line) => line.includes('pg_dump')) && seen.some((line) => line.includes('pg_restore')),
    );
    await failing;
    await release();
    expect(lines.join('\n')).not.toMatch(/s3cr3t|postgres(ql)?:\/\//);
    expect(lines.join('\n')).not.toContain(source.name);
  });

  it('is, in the environment of its programs, the PG* variables and nothing of the server', async () => {
    process.env['JWT_KEY_OF_A_SERVER'] = 'never to be seen';
    const show = (name: string) => `tr '\\0' '\\n' </proc/self/environ 2>/dev/null >'${join(folder, name)}' ||
      env >'${join(folder, name)}'`;
    const client = await standInClient(join(folder, 'bin'), trial.client, {
      pgDump: show('of pg_dump'),
      pgRestore: `${show('of pg_restore')}; cat >/dev/null`,
    });
    await trial.make({}, { client });
    delete process.env['JWT_KEY_OF_A_SERVER'];

    const names = async (of: string) =>
      (await readFile(join(folder, `of ${of}`), 'utf8'))
        .split('\n')
        .map((line) => line.split('=')[0] ?? '')
        // The shell of the stand-in adds its own, and so does stdbuf, whose whole work is to set these three.
        .filter((name) => !['', 'PWD', 'OLDPWD', 'SHLVL', '_', 'LD_PRELOAD', '_STDBUF_I', '_STDBUF_O'].includes(name));
    const ofDump = await names('pg_dump');
    expect(ofDump).toEqual(expect.arrayContaining(['PATH', 'LC_ALL', 'PGPASSWORD', 'PGAPPNAME']));
    expect(ofDump.filter((name) => !/^(PATH|LC_ALL|PG[A-Z_]+)$/.test(name))).toEqual([]);
    expect((await names('pg_restore')).sort()).toEqual(['LC_ALL', 'PATH']);
  });

  it('bears the name of the export in the list of its server', async () => {
    const release = await source.hold('LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    const failing = trial.failure();
    await eventually(
      () => source.backends(trial.applicationName),
      (count) => count === 1,
    );
    await failing;
    await release();
  });
});
