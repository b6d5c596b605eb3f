import { type Blocking, ExportFailure, reportInterval } from '#lib/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { FIRST_SERVER_WITH_COUNTERS, isOfPooledPlan, readCopyCounters } from './copy-watch.js';
import type { CopyCounter } from './dump-progress.js';
import { failsBehindAWaiter, lockTimeout, yielded } from './failure-words.js';
import { blockingOf, type LockWait, nameHolders, readHolders, readLockWaits, waitsBehindUs } from './lock-waits.js';
import { disconnect } from './source-client.js';

/** Between two looks at the locks; where a look costs more than this share of the time, they are rarer. */
const LOCKS_INTERVAL_MS = 500;
const LONGEST_LOCKS_INTERVAL_MS = 1_000;
const LOCKS_SHARE = 0.01;
/** Less often, two looks come to one report. */
const LONGEST_COUNTERS_INTERVAL_MS = 100;
/** Before a connection that was lost, or refused, is tried again. */
const RECONNECT_MS = 1_000;
/** What pg_dump has just given up waiting for was seen no longer ago than that. */
const RECENT_MS = 5_000;

export interface WatchDuty {
  /** Of all backends of the export. */
  applicationName: string;
  /** None of them may wait longer than that for a lock. */
  lockTimeoutSeconds: number;
  /** Nobody else may wait longer than that behind theirs; null for as long as it takes. */
  yieldSeconds: number | null;
}

/**
 * Watches the backends of an export from a connection of its own: what they have copied, whom they wait for, and who
 * waits for them. pg_dump's `--lock-wait-timeout` knows of LOCK TABLE alone: the definition of a view that somebody is
 * replacing, or a question before the dump, would be waited for without end. A source that is silent stops the dump, not
 * the watch; a connection that is lost is opened again.
 */
export class SourceWatch {
  private readonly over = new AbortController();
  private readonly stop = new AbortController();
  private client: pg.Client | null = null;
  private serverMajor = 0;
  /** Not behind a pooler that changes connections between two questions. */
  private plansAreKept = true;
  private onCounters: ((counters: CopyCounter[]) => void) | null = null;
  private behindUs: Blocking | null = null;
  /** The last of the export's own waits that were seen. */
  private lastWait: { words: string; seenAt: number } | null = null;
  private locksDueAt = 0;
  private watching: Promise<void> = Promise.resolve();

  /** @param connect signs in to the source as pg_dump does, until it is told to stop */
  constructor(
    private readonly connect: (signal: AbortSignal) => Promise<pg.Client>,
    private readonly duty: WatchDuty,
  ) {}

  begin(): void {
    this.watching = this.watch();
  }

  /** Ends the looks; the connection stays for whoever clears up. */
  async end(): Promise<void> {
    this.over.abort();
    this.behindUs = null;
    await this.watching;
  }

  async disconnect(): Promise<void> {
    if (this.client !== null) await disconnect(this.client);
  }

  /** The open connection: for what has to be asked while another one is stuck. */
  get connection(): pg.Client | null {
    return this.client;
  }

  /** Aborted, with an {@link ExportFailure} `lock_timeout` or `yielded`, when the export has to stop. */
  get trouble(): AbortSignal {
    return this.stop.signal;
  }

  /** Who waits behind the export's locks; null when nobody does. */
  get blocking(): Blocking | null {
    return this.behindUs;
  }

  /** From now on hears ten times a second and more what the backends have copied. */
  count(onCounters: (counters: CopyCounter[]) => void): void {
    this.onCounters = onCounters;
  }

  /** A failure of pg_dump about a lock, with what the watch has seen; null for any other error. */
  explain(error: unknown): ExportFailure | null {
    if (!(error instanceof ExportFailure) || error.code !== 'lock_timeout' || this.stop.signal.aborted) return null;
    if (this.duty.yieldSeconds !== null && failsBehindAWaiter(error.detail)) return yielded(error.detail, error);
    const { lastWait } = this;
    if (lastWait === null || performance.now() - lastWait.seenAt > RECENT_MS) return null;
    return lockTimeout([lastWait.words, error.detail].join('\n'), error);
  }

  private async watch(): Promise<void> {
    const { signal } = this.over;
    const startedAt = performance.now();
    while (!signal.aborted) {
      const interval = reportInterval(performance.now() - startedAt);
      let pause = interval > LONGEST_COUNTERS_INTERVAL_MS ? interval / 2 : interval;
      try {
        this.client ??= await this.open(signal);
        await this.look(this.client);
      } catch {
        const { client } = this;
        this.client = null;
        this.behindUs = null;
        if (client !== null) await disconnect(client);
        pause = RECONNECT_MS;
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private async open(signal: AbortSignal): Promise<pg.Client> {
    const client = await this.connect(signal);
    const { rows } = await client.query<{ major: number }>(
      `SELECT current_setting('server_version_num')::int / 10000 AS major`,
    );
    this.serverMajor = rows[0]?.major ?? 0;
    return client;
  }

  private async look(client: pg.Client): Promise<void> {
    const { onCounters } = this;
    if (onCounters !== null && this.serverMajor >= FIRST_SERVER_WITH_COUNTERS) {
      onCounters(await this.countersBy(client));
    }
    const began = performance.now();
    if (began < this.locksDueAt) return;
    await this.lookAtLocks(client);
    const pause = (performance.now() - began) / LOCKS_SHARE;
    this.locksDueAt = began + Math.min(Math.max(pause, LOCKS_INTERVAL_MS), LONGEST_LOCKS_INTERVAL_MS);
  }

  private async countersBy(client: pg.Client): Promise<CopyCounter[]> {
    try {
      return await readCopyCounters(client, this.duty.applicationName, this.plansAreKept);
    } catch (error) {
      if (!this.plansAreKept || !isOfPooledPlan(error)) throw error;
      this.plansAreKept = false;
      return readCopyCounters(client, this.duty.applicationName, false);
    }
  }

  private async lookAtLocks(client: pg.Client): Promise<void> {
    const { applicationName, lockTimeoutSeconds, yieldSeconds } = this.duty;
    const picture = await readLockWaits(client, applicationName, this.serverMajor);
    const own = picture.waits.find(({ isOurs }) => isOurs);
    if (own !== undefined) {
      const words = wordsOf(own, nameHolders(await readHolders(client, own.behind)));
      this.lastWait = { words, seenAt: performance.now() };
      if (own.seconds > lockTimeoutSeconds) this.stop.abort(lockTimeout(words));
    }
    const behind = waitsBehindUs(picture);
    this.behindUs = this.over.signal.aborted ? null : blockingOf(behind);
    const [longest] = behind;
    if (yieldSeconds !== null && longest !== undefined && longest.seconds > yieldSeconds) {
      const waiter = nameHolders(await readHolders(client, [longest.pid]));
      this.stop.abort(yielded(`${upperFirst(waiter)} waited ${secondsOf(longest)} s for ${longest.target}.`));
    }
  }
}

function wordsOf(wait: LockWait, holders: string): string {
  return `Waited ${secondsOf(wait)} s for a lock on ${wait.target}, held by ${holders}.`;
}

function secondsOf({ seconds }: LockWait): string {
  return String(Math.round(seconds));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
