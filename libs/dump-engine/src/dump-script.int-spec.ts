import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { childProcesses } from '../testing/child-processes.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { standInClient } from '../testing/stand-in-client.js';
import type { DumpedFile } from './dump.js';

const SCRIPT = { format: 'plain', compression: 'none' } as const;

describe('a script', () => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  let standIns: string;
  let whole: DumpedFile;

  beforeAll(async () => {
    source = await ThrowawayDatabase.make('dump_script');
    await source.sql(`CREATE TABLE t AS SELECT i, md5(i::text) AS words FROM generate_series(1, 20000) AS i`);
    const maker = await DumpTrial.of(source.url);
    whole = await maker.make(SCRIPT);
    standIns = maker.folder;
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    await rm(standIns, { recursive: true });
    await source.drop();
  });
  afterEach(async () => {
    expect(childProcesses()).toEqual([]);
    expect(await trial.files()).toEqual([]);
  });

  const client = async (pgDump: string) => ({
    client: await standInClient(join(standIns, randomUUID()), trial.client, { pgDump }),
  });

  it.each([
    ['gzip', '1f8b'],
    ['zstd', '28b52ffd'],
    ['none', Buffer.from('--\n-').toString('hex')],
  ] as const)('compressed with %s is one', async (compression, magic) => {
    const made = await trial.make({ format: 'plain', compression });
    const bytes = await readFile(made.path);
    expect(bytes.subarray(0, magic.length / 2).toString('hex')).toBe(magic);
    if (compression === 'gzip') expect(gunzipSync(bytes).toString()).toContain('COPY public.t (i, words) FROM stdin');
    await rm(made.path);
  });

  it('is not good when pg_dump leaves with 0 after a part of it', async () => {
    const pgDump = `head -c ${String(Math.floor(whole.sizeBytes * 0.6))} '${whole.path}'`;
    for (const compression of ['none', 'zstd'] as const) {
      const failure = await trial.failure({ ...SCRIPT, compression }, await client(pgDump));
      expect(failure).toMatchObject({ code: 'archive_invalid' });
    }
    const packed = await client(`head -c 50000 '${whole.path}' | gzip | head -c 9000`);
    expect(await trial.failure({ ...SCRIPT, compression: 'gzip' }, packed)).toMatchObject({ code: 'archive_invalid' });
  });

  it('is not good when pg_dump leaves with 1 after all of it', async () => {
    const pgDump = `cat '${whole.path}'; echo 'pg_dump: error: something at the end' >&2; exit 1`;
    expect(await trial.failure(SCRIPT, await client(pgDump))).toMatchObject({ code: 'source_error' });
  });

  it('is held back to its pace', async () => {
    const startedAt = performance.now();
    await rm((await trial.make({ ...SCRIPT, maxBytesPerSecond: whole.sizeBytes })).path);
    expect(performance.now() - startedAt).toBeGreaterThan(850);
  });
});
