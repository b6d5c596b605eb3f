import { artifactKey, ArtifactStore, STORE_MARKER } from '#lib/artifacts';
import { ExportFailure, type FailureCode, NO_PROGRESS, StopReason } from '#lib/domain';
import { Logger } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { aFile, LedgerTrial } from '../../../libs/database/testing/ledger-trial.js';
import type { DumpWorkshop, MadeFile } from './dump-workshop.js';
import { ExportRunner, MAX_ATTEMPTS } from './export-runner.js';
import type { RunReport } from './run-report.js';

const LIMITS = { timeoutSeconds: 60, stallSeconds: 60, retentionHours: 24 };
const never = new AbortController().signal;

describe('a run', () => {
  let trial: LedgerTrial;
  let folder: string;
  let store: ArtifactStore;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    trial = await LedgerTrial.start('export_runner');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pg-export-runner-'));
    store = new ArtifactStore(join(folder, 'artifacts'));
    await store.enter();
  });
  afterEach(async () => {
    await trial.clear();
    await rm(folder, { recursive: true });
  });
  afterAll(() => trial.stop());

  const stored = async () => (await readdir(join(folder, 'artifacts'))).filter((name) => name !== STORE_MARKER);

  /** A workshop in which every making ends as it is told to. */
  const workshop = (make: (signal: AbortSignal) => Promise<MadeFile>) =>
    ({ make: (_row: unknown, _run: unknown, _report: unknown, signal: AbortSignal) => make(signal) }) as DumpWorkshop;
  const fails = (failure: Error) => workshop(() => Promise.reject(failure));
  const untilStopped = workshop(
    (signal) =>
      new Promise((_, reject) => {
        const stopped = () => {
          reject(signal.reason as Error);
        };
        if (signal.aborted) stopped();
        signal.addEventListener('abort', stopped);
      }),
  );

  /** Runs one attempt and returns the row afterwards, with the seconds until its next try. */
  const attempt = async (shop: DumpWorkshop, shutdown = never, limits = LIMITS, into = store) => {
    const [due] = await trial.runs.due();
    const id = due?.id ?? (await trial.queued()).id;
    const claim = await trial.runs.claim(id, 'worker', 1);
    if (!claim.taken) throw new Error('Not claimed.');
    await new ExportRunner(trial.runs, shop, into, limits, trial.tables).run(claim.row, claim.run, shutdown);
    const row = await trial.row(id);
    const delay = row.runAfter === null ? null : Math.max(0, Math.round((row.runAfter.getTime() - Date.now()) / 1000));
    if (row.runAfter !== null) await trial.age(id, 'run_after', '1 hour');
    return { row, delay };
  };

  it('that fails for a reason which passes is tried again twice, each time later', async () => {
    const shop = fails(new ExportFailure('storage_failed', 'The file could not be written.'));
    expect(await attempt(shop)).toMatchObject({ row: { status: 'queued', attempts: 1, error: null }, delay: 5 });
    expect(await attempt(shop)).toMatchObject({ row: { status: 'queued', attempts: 2 }, delay: 10 });
    expect(MAX_ATTEMPTS).toBe(3);
    expect(await attempt(shop)).toMatchObject({
      row: {
        status: 'failed',
        attempts: 3,
        error: { code: 'storage_failed', message: 'The file could not be written.' },
      },
    });
  });

  it.each<FailureCode>([
    'source_unreachable',
    'authentication_failed',
    'permission_denied',
    'version_mismatch',
    'pg_dump_missing',
    'lock_timeout',
    'disk_full',
    'source_error',
    'archive_invalid',
    'internal',
  ])('that fails with %s ends at once', async (code) => {
    const { row } = await attempt(fails(new ExportFailure(code, 'A sentence.', { detail: 'its words' })));
    expect(row).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { code, message: 'A sentence.', detail: 'its words' },
    });
  });

  it('whose source was reached before and went away is tried again', async () => {
    const gone = new ExportFailure('source_unreachable', 'Gone.', { kind: 'transient' });
    expect((await attempt(fails(gone))).row.status).toBe('queued');
    // Now it is not even there: but it was, an attempt ago.
    expect((await attempt(fails(new ExportFailure('source_unreachable', 'Gone.')))).row.status).toBe('queued');
    expect((await attempt(fails(gone))).row).toMatchObject({ status: 'failed', error: { code: 'source_unreachable' } });
  });

  it('that ends on an error nobody foresaw says that it is our own', async () => {
    const { row } = await attempt(fails(new TypeError('x is undefined')));
    expect(row).toMatchObject({ status: 'failed', error: { code: 'internal', detail: 'x is undefined' } });
  });

  it.each([
    ['timed_out', { ...LIMITS, timeoutSeconds: 0.3 }],
    ['stalled', { ...LIMITS, stallSeconds: 0.3 }],
  ] as const)('beyond its limit ends as %s', async (code, limits) => {
    const shop = {
      make: (_row: unknown, _run: unknown, report: RunReport, signal: AbortSignal) => {
        report.enter('dumping', { progress: () => NO_PROGRESS, movement: () => 0 });
        return untilStopped.make(null as never, null as never, null as never, signal);
      },
    } as unknown as DumpWorkshop;
    expect((await attempt(shop, never, limits)).row).toMatchObject({ status: 'failed', attempts: 1, error: { code } });
  });

  it('that a shutdown cuts short is put back as if it had not been', async () => {
    const { row, delay } = await attempt(untilStopped, AbortSignal.abort(new StopReason('shutdown', 'Leaving.')));
    expect({ row, delay }).toMatchObject({ row: { status: 'queued', attempts: 0 }, delay: 0 });
  });

  describe('that has its file', () => {
    const makes = (then: () => Promise<unknown> = () => Promise.resolve()) =>
      workshop(async () => {
        const [row] = await trial.requests.page({ limit: 1 });
        const key = artifactKey(row!.id, row!.attempts);
        const path = join(folder, 'made.partial');
        await writeFile(path, 'whole');
        await then();
        const made = () => ({ sourceBytes: 1, seconds: existsSync(path) ? 0 : 7 });
        return { dumped: { path, sizeBytes: 5, sha256: '00' }, file: aFile(key), made };
      });

    it('is ready, at 100 %, with the file in the store', async () => {
      const { row } = await attempt(makes());
      expect(row).toMatchObject({ status: 'ready', progress: { percent: 100, etaSeconds: 0 } });
      expect(await stored()).toEqual([row.file?.key]);
      expect(await readdir(folder)).toEqual(['artifacts']);
    });

    it('keeps how long it took to be made and stored', async () => {
      const { row } = await attempt(makes());
      expect(row.file?.made).toEqual({ sourceBytes: 1, seconds: 7 });
    });

    it('is tried again when the store cannot take it, and leaves nothing', async () => {
      await rm(join(folder, 'artifacts'), { recursive: true });
      const { row } = await attempt(makes());
      expect(row).toMatchObject({ status: 'queued', attempts: 1, file: null });
      expect(await readdir(folder)).toEqual([]);
    });

    it.each(['cancelled', 'timed_out', 'shutdown'] as const)('stops storing it when it is %s', async (cause) => {
      const shutdown = new AbortController();
      const slow = {
        take: async (_path: string, _key: string, _sha256: string, signal: AbortSignal) => {
          if (cause === 'shutdown') shutdown.abort(new StopReason('shutdown', 'Leaving.'));
          if (cause === 'cancelled') {
            const [row] = await trial.requests.page({ limit: 1 });
            await trial.requests.requestCancel(row!.id);
          }
          await sleep(10_000, undefined, { signal });
        },
      } as unknown as ArtifactStore;
      const limits = cause === 'timed_out' ? { ...LIMITS, timeoutSeconds: 0.3 } : LIMITS;
      const { row } = await attempt(makes(), shutdown.signal, limits, slow);
      const status = { cancelled: 'cancelled', timed_out: 'failed', shutdown: 'queued' }[cause];
      expect(row).toMatchObject({ status, file: null });
      expect(await readdir(folder)).toEqual(['artifacts']);
    });

    it('gives it up when the export was taken over meanwhile', async () => {
      const takenOver = makes(() =>
        trial.database.sql(`UPDATE pgexport.exports SET worker_id = 'another', attempts = attempts + 1`),
      );
      expect((await attempt(takenOver)).row).toMatchObject({ status: 'running', workerId: 'another', file: null });
      expect(await stored()).toEqual([]);
    });

    it('gives it up when a cancel was promised meanwhile', async () => {
      const cancelled = makes(async () => {
        const [row] = await trial.requests.page({ limit: 1 });
        await trial.requests.requestCancel(row!.id);
      });
      expect((await attempt(cancelled)).row).toMatchObject({ status: 'cancelled', file: null });
      expect(await stored()).toEqual([]);
    });
  });
});
