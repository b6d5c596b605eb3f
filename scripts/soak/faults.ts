import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sendSignal } from '../machine/processes.ts';
import type { FaultName, PlannedFault } from './plan.ts';
import type { Process } from './process.ts';
import { findProcesses } from './process-search.ts';
import type { Stage } from './stage.ts';

/** One fault as it really went. */
export interface Struck {
  name: FaultName;
  /** False where there was nothing to break, or the same thing was broken already. */
  happened: boolean;
  /** The exports that ran at that moment where it struck. */
  met: string[];
}

interface Kind {
  /** What breaks; while it is broken it can't be broken again. */
  what: (fault: PlannedFault, stage: Stage) => string;
  /** Breaks it and mends it; false when there was nothing to break. */
  strike: (stage: Stage, fault: PlannedFault) => Promise<boolean>;
  /** Whom it strikes, when not every running export. */
  worker?: true;
  noExport?: true;
}

const done = (work: Promise<unknown>) => work.then(() => true);
const chosen = (all: readonly Process[], { target }: PlannedFault): Process => {
  const process = all[Math.floor(target * all.length)];
  if (process === undefined) throw new Error('there is no process to strike');
  return process;
};
const onWorker = (strike: (worker: Process, seconds: number) => Promise<void>): Kind => ({
  what: ({ target }, { workers }) => `worker ${Math.floor(target * workers.length)}`,
  strike: (stage, fault) => done(strike(chosen(stage.workers, fault), fault.seconds)),
  worker: true,
});
const onApi = (strike: (api: Process, seconds: number) => Promise<void>): Kind => ({
  what: ({ target }, { apis }) => `API ${Math.floor(target * apis.length)}`,
  strike: (stage, fault) => done(strike(chosen(stage.apis, fault), fault.seconds)),
  noExport: true,
});
const onThing = (what: string, strike: (stage: Stage, seconds: number) => Promise<boolean>): Kind => ({
  what: () => what,
  strike: (stage, { seconds }) => strike(stage, seconds),
});

const KINDS: Record<FaultName, Kind> = {
  'worker killed': onWorker((worker, seconds) => worker.kill(seconds)),
  'worker frozen': onWorker((worker, seconds) => worker.freeze(seconds)),
  'worker told to leave': onWorker((worker, seconds) => worker.leave(seconds)),
  'API killed': onApi((api, seconds) => api.kill(seconds)),
  'API frozen': onApi((api, seconds) => api.freeze(seconds)),
  'API told to leave': onApi((api, seconds) => api.leave(seconds)),
  'queue emptied': onThing('queue', async ({ redis, stack }) => {
    if (redis !== undefined) return (await redis.say('FLUSHALL')).startsWith('+OK');
    return stack.sql('TRUNCATE pgexport_queue.job CASCADE').then(
      () => true,
      () => false,
    );
  }),
  'queue killed': onThing('queue', async ({ redis }, seconds) => {
    await redis?.stop('SIGKILL');
    await sleep(seconds * 1_000);
    await redis?.start();
    return true;
  }),
  'queue silent': onThing('queue', async ({ redis }, seconds) => {
    redis?.freeze();
    await sleep(seconds * 1_000);
    redis?.thaw();
    return true;
  }),
  'own database restarted': onThing('own database', (stage, seconds) => restartOwn(stage, seconds)),
  'own database away': onThing('own database', (stage, seconds) => restartOwn(stage, seconds)),
  // Not as a crash: its sequences would go on some numbers later, and no longer be those that were exported.
  'source restarted': onThing('source', async ({ source }, seconds) => {
    await source.stop();
    await sleep(seconds * 1_000);
    await source.start();
    return true;
  }),
  'table locked': onThing('table', async (stage, seconds) => {
    const client = new pg.Client({ connectionString: stage.sourceUrl('noise') });
    // The source may be restarted meanwhile, and the lock is gone with it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
      await sleep(seconds * 1_000);
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }),
  'pg_dump killed': onThing('pg_dump', async ({ source }) => {
    const port = new URL(source.url()).port;
    const victim = findProcesses({ program: 'pg_dump', variable: `PGPORT=${port}` })[0];
    if (victim !== undefined) sendSignal(victim.pid, 'SIGKILL');
    return Promise.resolve(victim !== undefined);
  }),
  'work disk full': onThing('work disk', ({ work }, seconds) => fillFor(work, seconds)),
  'store full': onThing('store', ({ store }, seconds) => fillFor(store, seconds)),
};

async function fillFor(disk: Stage['work'], seconds: number): Promise<boolean> {
  const free = await disk.fill();
  await sleep(seconds * 1_000);
  await free();
  return true;
}

/** As a crash of the server: connections are cut, and it recovers when it comes back. */
async function restartOwn(stage: Stage, seconds: number): Promise<boolean> {
  const excusing = setInterval(() => stage.excuseStarts(), 500);
  stage.excuseStarts();
  try {
    await stage.own.crash();
    await sleep(seconds * 1_000);
    await stage.own.start();
    return true;
  } finally {
    clearInterval(excusing);
    stage.excuseStarts();
  }
}

/** Strikes as planned, and keeps the book. */
export class Misfortune {
  readonly struck: Struck[] = [];
  private readonly broken = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stage: Stage;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  strike(fault: PlannedFault): void {
    const work = this.strikeOne(fault).catch((error: unknown) => {
      this.stage.complaints.push(`The soak itself: "${fault.name}" failed: ${String(error)}`);
    });
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  /** Resolves when all that was broken is mended. */
  async mended(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async strikeOne(fault: PlannedFault): Promise<void> {
    const kind = KINDS[fault.name];
    const what = kind.what(fault, this.stage);
    if (this.broken.has(what)) {
      this.struck.push({ name: fault.name, happened: false, met: [] });
      return;
    }
    this.broken.add(what);
    try {
      const met = await this.exportsAt(kind, fault);
      const happened = await kind.strike(this.stage, fault);
      this.struck.push({ name: fault.name, happened, met: happened ? met : [] });
    } finally {
      this.broken.delete(what);
    }
  }

  private async exportsAt(kind: Kind, fault: PlannedFault): Promise<string[]> {
    if (kind.noExport) return [];
    const rows = await this.stage.sql<{ id: string; worker: string }>(
      `SELECT id, coalesce(worker_id, '') AS worker FROM pgexport.exports WHERE status = 'running'`,
    );
    const pid = kind.worker ? `/${String(chosen(this.stage.workers, fault).pid)}/` : '';
    return rows.filter(({ worker }) => worker.includes(pid)).map(({ id }) => id);
  }
}
