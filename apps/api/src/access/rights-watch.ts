import type { ChangeAudience, ExportChanges } from '#lib/database';

/** Where changes are heard: an end that nobody tells of, because its time is up, is noticed after so long. */
const PROOF_MS = 15_000;
/** Where they are not at the moment: so often. */
const DEAF_MS = 3_000;
/** Between two questions, however much changes. */
const PAUSE_MS = 1_000;
/** An answer begins after its caller was let in: what was heard in between concerns it too. Longer than any statement. */
const REMEMBERED_MS = 30_000;

/** Tells when to ask whether those who are being answered still may have it: when something has changed for one of them. */
export class RightsWatch {
  /** When the rights of a session, token or account last changed, the longest ago first. */
  private readonly changed = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Infinity;
  private askedAt = -Infinity;
  private stopListening: (() => void) | null = null;

  /**
   * @param concerns whether somebody with this id of a session, token or account is being answered
   * @param ask never throws; false: the question could not be answered
   */
  constructor(
    private readonly changes: Pick<ExportChanges, 'isListening' | 'tell'>,
    private readonly concerns: (id: string) => boolean,
    private readonly ask: () => Promise<boolean>,
  ) {}

  /** An answer begins, to somebody with these ids. */
  begin(ids: readonly string[]): void {
    this.stopListening ??= this.changes.tell(this.audience());
    this.schedule(this.hasChanged(ids) ? 0 : this.patience);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.dueAt = -Infinity;
    this.stopListening?.();
  }

  private get patience(): number {
    return this.changes.isListening ? PROOF_MS : DEAF_MS;
  }

  private audience(): ChangeAudience {
    return {
      rightsChanged: (id) => {
        this.remember(id);
        if (this.concerns(id)) this.schedule(0);
      },
      // Who has begun before anything was heard may have been missed.
      caughtUp: () => this.schedule(0),
      lost: () => this.schedule(DEAF_MS),
    };
  }

  private remember(id: string): void {
    const now = performance.now();
    this.changed.delete(id);
    this.changed.set(id, now);
    for (const [oldest, at] of this.changed) {
      if (now - at <= REMEMBERED_MS) return;
      this.changed.delete(oldest);
    }
  }

  private hasChanged(ids: readonly string[]): boolean {
    return ids.some((id) => performance.now() - (this.changed.get(id) ?? -Infinity) <= REMEMBERED_MS);
  }

  /** Sees to it that the next question comes no later than so long from now. */
  private schedule(afterMs: number): void {
    const dueAt = Math.max(performance.now() + afterMs, this.askedAt + PAUSE_MS);
    if (this.dueAt <= dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.timer = setTimeout(() => void this.askNow(), Math.max(0, dueAt - performance.now())).unref();
  }

  private async askNow(): Promise<void> {
    this.dueAt = Infinity;
    this.askedAt = performance.now();
    const isAnswered = await this.ask();
    this.schedule(isAnswered ? this.patience : DEAF_MS);
  }
}
