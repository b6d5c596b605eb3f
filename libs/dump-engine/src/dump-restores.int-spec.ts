import { createHash } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { compareDatabases, describeDatabase } from '../../../sample-database/compare-databases.ts';
import { fillNasty } from '../../../sample-database/fill-nasty.ts';
import { fillShop } from '../../../sample-database/fill-shop.ts';
import { ThrowawayDatabase } from '../../database/testing/throwaway-database.js';
import { DumpTrial } from '../testing/dump-trial.js';
import { restore } from '../testing/restore.js';

const FILLS = { shop: (url: string) => fillShop(url, { scale: 0.02 }), nasty: fillNasty };

/** What a schema without rows can't have: rows, the state of sequences, large objects, filled materialized views. */
const isAboutRows = (words: string) =>
  /^(rows of|value of sequence|(comment on )?large object) /.test(words) || /kind m .* populated true/.test(words);

describe.each(['shop', 'nasty'] as const)('a dump of the %s database', (kind) => {
  let source: ThrowawayDatabase;
  let trial: DumpTrial;
  const targets: ThrowawayDatabase[] = [];

  beforeAll(async () => {
    source = await ThrowawayDatabase.make(`dump_${kind}`);
    await FILLS[kind](source.url);
    trial = await DumpTrial.of(source.url);
  });
  afterAll(async () => {
    await trial.remove();
    for (const database of [source, ...targets]) await database.drop();
  });

  const emptyTarget = async () => {
    const target = await ThrowawayDatabase.make(`dump_${kind}_back`);
    targets.push(target);
    return target;
  };

  it.each(['zstd', 'gzip', 'none'] as const)('with %s restores to the same database', async (compression) => {
    const made = await trial.make({ compression });
    const target = await emptyTarget();
    await restore(made.path, trial.isWrapped({ compression }), trial.client, target.url);
    expect(await compareDatabases(source.url, target.url)).toEqual([]);
  });

  it('counts as damaged when only the checksum at its end is wrong, which pg_restore does not see', async () => {
    const made = await trial.make({ compression: 'zstd' });
    if (!trial.isWrapped()) return;
    const bytes = await readFile(made.path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(made.path, bytes);
    const target = await emptyTarget();
    await expect(restore(made.path, true, trial.client, target.url)).rejects.toMatchObject({ code: 1 });
  });

  it('is 0600, and as long and of the hash that it is said to be', async () => {
    const made = await trial.make();
    const bytes = await readFile(made.path);
    expect((await stat(made.path)).mode & 0o777).toBe(0o600);
    expect(made).toMatchObject({
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('of the schema alone restores every object and no row', async () => {
    const made = await trial.make({ content: 'schema' });
    const target = await emptyTarget();
    await restore(made.path, trial.isWrapped(), trial.client, target.url);
    const differences = await compareDatabases(source.url, target.url);
    expect(differences.filter((words) => !isAboutRows(words))).toEqual([]);
    const rows = [...(await describeDatabase(target.url))].filter(([name]) => name.startsWith('rows of '));
    expect(rows.filter(([, fact]) => !fact.startsWith('0 rows'))).toEqual([]);
  });
});
