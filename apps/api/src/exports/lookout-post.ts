import type { ExportEntity } from '#lib/database';
import { Refusal } from '#lib/domain';

/** An export as it was at one moment, read once for all who follow it. */
export interface Sighting {
  row: ExportEntity;
  etag: string;
  /** The export as clients see it, written once for all of them. */
  json: string;
}

export interface LookoutPace {
  /** Between two reads of one export, however often it changes. */
  readMs: number;
  /** Sooner than that for somebody who comes with an old state, or with none. */
  hurriedReadMs: number;
  /** A change that nobody told of is noticed after so long. */
  proofMs: number;
}

interface Watcher {
  see: (sighting: Sighting) => void;
  fail: (error: Error) => void;
}

/** Looks at one export for all who follow it: one read a change, at most one a second, none while nothing changes. */
export class LookoutPost {
  private readonly watchers = new Set<Watcher>();
  private current: Sighting | null = null;
  private stale = true;
  private reading = false;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private readAt = -Infinity;

  constructor(
    /** @throws {Refusal} `not_found` */
    private readonly read: () => Promise<Sighting>,
    private readonly isListening: () => boolean,
    private readonly pace: LookoutPace,
  ) {}

  get isWaiting(): boolean {
    return this.current === null || this.current.row.status === 'queued';
  }

  /** Whether the export is known to be as it was read. */
  private get isCertain(): boolean {
    return !this.stale && this.isListening();
  }

  /** The export has changed, or may have. */
  mark(): void {
    this.stale = true;
    if (this.watchers.size > 0) this.schedule(this.pace.readMs);
  }

  /**
   * The next state that is not the one with the tag `seen`; null when `signal` is aborted first.
   * @throws {Refusal} `not_found`; whatever the first read of all throws
   */
  async next(seen: string | null, signal: AbortSignal): Promise<Sighting | null> {
    const { current } = this;
    const isBehind = current?.etag !== seen;
    // Another process may have been faster to hear of a change, and its client comes to us now.
    const isAhead = versionOf(seen) > (current?.row.version ?? -1);
    if (current !== null && this.isCertain && isBehind && !isAhead) return current;
    if (isBehind) this.stale = true;
    for (;;) {
      const sighting = await this.look(isBehind ? this.pace.hurriedReadMs : this.pace.readMs, signal);
      if (sighting?.etag !== seen) return sighting;
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.dueAt = Infinity;
  }

  /** What the next read sees. */
  private look(paceMs: number, signal: AbortSignal): Promise<Sighting | null> {
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.watchers.delete(watcher);
        signal.removeEventListener('abort', giveUp);
        if (this.watchers.size === 0) this.close();
      };
      const giveUp = () => {
        settle();
        resolve(null);
      };
      const watcher: Watcher = {
        see: (sighting) => {
          settle();
          resolve(sighting);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      signal.addEventListener('abort', giveUp);
      this.watchers.add(watcher);
      this.schedule(this.isCertain ? this.pace.proofMs : paceMs);
    });
  }

  /** Sees to it that the next read comes no later than so long after the last one. */
  private schedule(afterMs: number): void {
    const dueAt = this.readAt + afterMs;
    if (this.reading || this.dueAt <= dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.timer = setTimeout(() => void this.readNow(), Math.max(0, dueAt - performance.now()));
  }

  private async readNow(): Promise<void> {
    this.dueAt = Infinity;
    this.reading = true;
    // Before the read: a change while it is on its way makes it stale again.
    this.stale = false;
    let tell: (watcher: Watcher) => void;
    try {
      const sighting = await this.read();
      this.current = sighting;
      tell = ({ see }) => see(sighting);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      this.stale = true;
      // An outage is waited for by those who have begun to follow; who comes during it hears of it.
      const isOutage = this.current !== null && !(error instanceof Refusal);
      tell = isOutage ? () => undefined : ({ fail }) => fail(error);
    }
    this.reading = false;
    this.readAt = performance.now();
    for (const watcher of [...this.watchers]) tell(watcher);
    if (this.watchers.size > 0) this.schedule(this.isCertain ? this.pace.proofMs : this.pace.readMs);
  }
}

/** Of a tag of ours; -1 of any other. */
function versionOf(etag: string | null): number {
  return Number(/^"(\d{1,9})-\d+"$/.exec(etag ?? '')?.[1] ?? -1);
}
