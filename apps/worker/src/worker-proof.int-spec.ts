import { childCalled, childProcesses } from '../../../libs/dump-engine/testing/child-processes.js';
import { eventually } from '../../../libs/database/testing/eventually.js';
import { PROOF_SUFFIX, proofParents } from '#lib/dump-engine';
import { WorkerRoll } from '#lib/database';
import { anOptions } from '../../../libs/database/testing/ledger-trial.js';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Installation } from '../testing/running-worker.js';

describe('a worker that restores and compares', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await Installation.make('worker_proof');
  });
  afterEach(async () => {
    await installation.clear();
    expect(childProcesses()).toEqual([]);
    expect(await proofs()).toEqual([]);
  });
  afterAll(() => installation.remove());

  const workDir = () => installation.config().workDir;
  const proofs = async () => {
    const names = await Promise.all(proofParents(workDir()).map((parent) => readdir(parent).catch(() => [])));
    const ids = (await installation.ledger.requests.page({ limit: 100 })).map(({ id }) => id);
    return names.flat().filter((name) => name.endsWith(PROOF_SUFFIX) && ids.some((id) => name.startsWith(id)));
  };
  const request = async (environment: Record<string, string> = {}) => {
    const worker = await installation.worker(environment);
    return { worker, id: await installation.request(worker, { verify: 'restore' }) };
  };
  /** The pg_restore that fills the throwaway server. */
  const restoring = () =>
    childProcesses().find(({ args }) => args[0]?.endsWith('/pg_restore') === true && args.includes('--dbname=proof'));

  it('says so in the file, and shows the way there', async () => {
    const { id } = await request();
    await installation.until(id, ({ stage }) => stage === 'verifying');
    const row = await installation.status(id, 'ready');
    expect(row.file?.proof).toMatchObject({ kind: 'restore', tables: 2, rows: 20_001 });
    expect(row.progress).toMatchObject({ percent: 100, tablesDone: 2, tablesTotal: 2 });
    expect(await installation.files()).toEqual([`artifacts/${row.file!.key}`]);
  });

  it('is stopped when the proof stands still', async () => {
    const { id } = await request({ EXPORT_STALL_SECONDS: '2' });
    const restore = await eventually(restoring, (found) => found !== undefined);
    process.kill(restore!.pid, 'SIGSTOP');
    const row = await installation.status(id, 'failed');
    expect(row.error).toMatchObject({ code: 'stalled' });
    expect(await installation.files()).toEqual([]);
  });

  it('is not stopped while its server is at work on one long statement', async () => {
    await installation.source.sql(`
      CREATE FUNCTION busy() RETURNS integer LANGUAGE plpgsql AS $$
      DECLARE started timestamptz := clock_timestamp();
      BEGIN
        WHILE current_database() = 'proof' AND clock_timestamp() < started + interval '8 s' LOOP END LOOP;
        RETURN 1;
      END $$;
      CREATE MATERIALIZED VIEW slow AS SELECT public.busy()`);
    const { id } = await request({ EXPORT_STALL_SECONDS: '5' });
    const row = await installation.until(id, ({ status }) => status === 'ready' || status === 'failed', 60_000);
    await installation.source.sql('DROP MATERIALIZED VIEW slow; DROP FUNCTION busy');
    expect(row).toMatchObject({ status: 'ready', error: null });
  });

  it('is cancelled within two seconds while it restores, and nothing is left', async () => {
    const { id } = await request();
    const restore = await eventually(restoring, (found) => found !== undefined);
    process.kill(restore!.pid, 'SIGSTOP');
    await installation.ledger.requests.requestCancel(id);
    await installation.status(id, 'cancelled', 2_500);
    expect(childCalled('postgres')).toBeUndefined();
    expect(await installation.files()).toEqual([]);
    expect(await installation.source.backends(`pg-export/${id}`)).toBe(0);
  });

  it('clears away what the server of a killed worker has left', async () => {
    const row = await installation.ledger.queued({ options: anOptions({ verify: 'restore' }) });
    const claim = await installation.ledger.runs.claim(row.id, 'a worker that died', 1);
    expect(claim.taken).toBe(true);
    const left = proofParents(workDir()).map((parent) => join(parent, `${row.id}.1${PROOF_SUFFIX}`));
    for (const folder of left) await mkdir(join(folder, 'data'), { recursive: true });
    await installation.ledger.age(row.id, 'heartbeat_at', '1 minute');
    const worker = await installation.worker();
    await installation.reconcile(worker);
    expect(await installation.status(row.id, 'ready')).toMatchObject({ attempts: 2 });
    expect(await proofs()).toEqual([]);
  });

  it('says on the roll which servers it has', async () => {
    const worker = await installation.worker();
    await eventually(
      () => worker.get(WorkerRoll).servers(30),
      ({ workers, majors }) => workers === 1 && majors.includes(15),
    );
  });
});
