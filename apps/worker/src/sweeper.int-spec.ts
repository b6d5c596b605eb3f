import { artifactKey, ArtifactStore, STORE_MARKER } from '#lib/artifacts';
import { Housekeeping, SweepTurn } from '#lib/database';
import { NO_PROGRESS } from '#lib/domain';
import { PROOF_SUFFIX, proofParents } from '#lib/dump-engine';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aFile, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import { Sweeper } from './sweeper.js';

const OLD_MINUTES = 3;

describe('the sweeper', () => {
  let trial: LedgerTrial;
  let folder: string;
  let sweeper: Sweeper;
  let settings: { workDir: string; exportMaxStoredBytes: number | null };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    trial = await LedgerTrial.start('sweeper');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-sweeper-'));
    const store = new ArtifactStore(join(folder, 'artifacts'));
    await store.enter();
    await mkdir(join(folder, 'work'));
    settings = { workDir: join(folder, 'work'), exportMaxStoredBytes: null };
    sweeper = new Sweeper(trial.requests, store, settings, new Housekeeping(trial.source), new SweepTurn(trial.source));
  });
  afterEach(async () => {
    await trial.clear();
    await rm(folder, { recursive: true });
  });
  afterAll(() => trial.stop());

  const put = async (path: string, minutesOld = OLD_MINUTES) => {
    const when = new Date(Date.now() - minutesOld * 60_000);
    await writeFile(join(folder, path), 'bytes');
    await utimes(join(folder, path), when, when);
  };
  const files = async () =>
    (
      await Promise.all(
        ['artifacts', 'work'].map(async (name) => (await readdir(join(folder, name))).map((file) => `${name}/${file}`)),
      )
    )
      .flat()
      .filter((file) => !file.endsWith(STORE_MARKER));
  const ready = async () => {
    const { row, run } = await trial.running();
    const key = artifactKey(row.id, 1);
    await put(`artifacts/${key}`);
    await trial.runs.complete(run, aFile(key), NO_PROGRESS, 24);
    return { id: row.id, key };
  };

  it('makes room for the newest when there is too much, the oldest first, and spares what is being downloaded', async () => {
    const [oldest, old, young, newest] = [await ready(), await ready(), await ready(), await ready()];
    await trial.requests.noteDownload(old.id, 60);
    // A file counts one byte here.
    settings.exportMaxStoredBytes = 2;
    await sweeper.sweep();

    const states = await Promise.all([oldest, old, young, newest].map(async ({ id }) => (await trial.row(id)).status));
    expect(states).toEqual(['expired', 'ready', 'ready', 'ready']);
    expect((await files()).toSorted()).toEqual([old, young, newest].map(({ key }) => `artifacts/${key}`).toSorted());

    await trial.requests.noteDownload(old.id, -1);
    settings.exportMaxStoredBytes = 0;
    await sweeper.sweep();
    expect(await files()).toEqual([`artifacts/${newest.key}`]);
  });

  it('ends what has lived its time: the row and the file', async () => {
    const [over, young] = [await ready(), await ready()];
    await trial.age(over.id, 'expires_at', '25 hours');
    await sweeper.sweep();
    expect((await trial.row(over.id)).status).toBe('expired');
    expect((await trial.row(young.id)).status).toBe('ready');
    expect(await files()).toEqual([`artifacts/${young.key}`]);
  });

  it('says of a file that has vanished that it is lost', async () => {
    const [lost, kept] = [await ready(), await ready()];
    await rm(join(folder, `artifacts/${lost.key}`));
    await sweeper.sweep();
    expect(await trial.row(lost.id)).toMatchObject({ status: 'expired', error: { code: 'file_lost' } });
    expect(await trial.row(kept.id)).toMatchObject({ status: 'ready', error: null });
  });

  it('calls nothing lost while the store is away', async () => {
    const { id } = await ready();
    await rm(join(folder, 'artifacts'), { recursive: true });
    await mkdir(join(folder, 'artifacts'));
    await sweeper.sweep();
    expect((await trial.row(id)).status).toBe('ready');
  });

  it('works alone among all processes, and is not held up for ever by one that is frozen', async () => {
    const turn = new SweepTurn(trial.source);
    let others: boolean | null = null;
    const ours = await turn.take(async () => {
      others = await sweeper.sweep();
      const [frozen] = await trial.database.sql<{ state: string }>(
        `SELECT state FROM pg_stat_activity JOIN pg_locks USING (pid)
          WHERE locktype = 'advisory' AND granted AND datname = current_database()`,
      );
      // What the server ends by itself, after the time that the turn has set.
      expect(frozen?.state).toBe('idle in transaction');
    });
    expect({ ours, others }).toEqual({ ours: true, others: false });
    expect(await sweeper.sweep()).toBe(true);
  });

  it('does not trust the clocks: a needed file is kept however old it looks, a useless one goes though it is from the future', async () => {
    const { row } = await trial.running();
    const { row: over, run } = await trial.running();
    await trial.runs.cancel(run);
    await put(`work/${row.id}.1.partial`, 1_000_000);
    await put(`work/${over.id}.1.partial`, -60);
    await put(`work/${over.id}.1.partial.pipe`);
    await sweeper.sweep();
    expect(await files()).toEqual([`work/${row.id}.1.partial`]);
  });

  it('removes the files of an export that has come to its end without one', async () => {
    const { row, run } = await trial.running();
    await trial.runs.fail(run, { code: 'internal', message: 'A sentence.', detail: null });
    await put(`artifacts/${row.id}.1`);
    await put(`artifacts/${row.id}.2.arriving`);
    await put(`work/${row.id}.1.partial`);
    await sweeper.sweep();
    expect(await files()).toEqual([]);
  });

  it('removes the folder of a directory export whose worker was killed, with all that is in it', async () => {
    const { row, run } = await trial.running();
    const running = await trial.running();
    for (const id of [row.id, running.row.id]) {
      await mkdir(join(folder, `work/${id}.1.folder`));
      await put(`work/${id}.1.folder/toc.dat`);
      await utimes(join(folder, `work/${id}.1.folder`), 0, 0);
    }
    await trial.runs.fail(run, { code: 'internal', message: 'A sentence.', detail: null });
    await sweeper.sweep();
    expect(await files()).toEqual([`work/${running.row.id}.1.folder`]);
  });

  it('removes the servers of proofs whose worker was killed, wherever they are', async () => {
    const { row, run } = await trial.running();
    const running = await trial.running();
    const proofs = [row.id, running.row.id].map((id) =>
      proofParents(join(folder, 'work')).map((parent) => join(parent, `${id}.1${PROOF_SUFFIX}`)),
    );
    for (const proof of proofs.flat()) {
      await mkdir(join(proof, 'data'), { recursive: true });
      await utimes(proof, 0, 0);
    }
    await trial.runs.fail(run, { code: 'internal', message: 'A sentence.', detail: null });
    await sweeper.sweep();
    const [left = [], needed = []] = proofs.map((paths) => paths.filter((path) => existsSync(path)));
    for (const path of needed) await rm(path, { recursive: true });
    expect(left).toEqual([]);
    expect(needed).toHaveLength(2);
  });

  it('leaves alone what belongs to exports of another database, and says so once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    const stranger = randomUUID();
    const names = [`artifacts/${stranger}.1`, `artifacts/${stranger}.2.arriving`, `work/${stranger}.1.partial`];
    for (const name of names) await put(name);
    await sweeper.sweep();
    await sweeper.sweep();
    expect((await files()).sort()).toEqual(names);
    // Proofs of other installations on this machine may be mentioned along with ours.
    const words = warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes(stranger));
    expect(words).toEqual([expect.stringMatching(/^\d+ files are of exports that this database does not know/)]);
    expect(words[0]?.split(stranger)).toHaveLength(4);
    warn.mockRestore();
  });

  it('removes what an earlier attempt has left, and not what the present one is making', async () => {
    const { row, run } = await trial.running();
    await trial.runs.putBack(run, { delaySeconds: 0, counted: true });
    await trial.runs.claim(row.id, 'worker', 1);
    for (const attempt of [1, 2]) {
      await put(`work/${row.id}.${String(attempt)}.partial`);
      await put(`artifacts/${row.id}.${String(attempt)}`);
    }
    await sweeper.sweep();
    expect(await files()).toEqual([`artifacts/${row.id}.2`, `work/${row.id}.2.partial`]);
  });

  it('leaves alone what is younger than the news of it may be', async () => {
    const { row, run } = await trial.running();
    await trial.runs.cancel(run);
    await put(`artifacts/${row.id}.1`, 1);
    await put(`work/${row.id}.1.partial`, 1);
    await sweeper.sweep();
    expect(await files()).toHaveLength(2);
  });

  it('leaves alone what is not of its making', async () => {
    await put('artifacts/README');
    const { row, run } = await trial.running();
    await trial.runs.cancel(run);
    const foreign = ['download.partial', 'notes.txt', `${row.id}.partial`, `mine.${row.id}.1.partial`];
    for (const name of foreign) await put(`work/${name}`);
    await sweeper.sweep();
    expect((await files()).sort()).toEqual(['artifacts/README', ...foreign.map((name) => `work/${name}`)].sort());
  });

  it('clears away rows that nobody asks for any more', async () => {
    await trial.database.sql(`INSERT INTO pgexport.idempotency_keys (caller_id, key, body_hash, export_id, created_at)
      VALUES (gen_random_uuid(), 'k', 'h', gen_random_uuid(), now() - interval '25 hours')`);
    await sweeper.sweep();
    expect(await trial.database.sql('SELECT FROM pgexport.idempotency_keys')).toEqual([]);
  });

  it('does not mind that the work folder is not there yet', async () => {
    await rm(join(folder, 'work'), { recursive: true });
    await sweeper.sweep();
    await mkdir(join(folder, 'work'));
  });
});
