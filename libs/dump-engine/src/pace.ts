import type { Progress } from '#lib/domain';

/** What may be caught up after the machine was busy with something else; a longer delay is given away. */
const CATCH_UP_MS = 250;
/** So many reads a second at least, or the flow would come in gushes. */
const READS_PER_SECOND = 16;
const LEAST_READ_BYTES = 1 << 12;

/** Holds a reader to so many bytes a second: a token bucket (RFC 2697 calls it a meter) that starts empty. */
export class Pace {
  private paidUntil: number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(
    private readonly bytesPerSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.paidUntil = now();
  }

  /** The largest read that is still smooth. */
  get readBytes(): number {
    return Math.max(Math.floor(this.bytesPerSecond / READS_PER_SECOND), LEAST_READ_BYTES);
  }

  /** Counts bytes that have come. Returns the milliseconds to wait before more are read. */
  restAfter(bytes: number): number {
    const now = this.now();
    this.paidUntil = Math.max(this.paidUntil, now - CATCH_UP_MS) + (bytes / this.bytesPerSecond) * 1000;
    return Math.max(this.paidUntil - now, 0);
  }
}

export interface PacedFlow {
  maxBytesPerSecond: number;
  /** Of all tables that are copied. */
  tableBytes: number;
  deliveredBytes: number;
}

/**
 * The time that is left cannot be shorter than the limit allows for what is left. The server is ahead of a reader who is
 * held back, by what the buffers between them hold, and its counters alone would promise too much at first.
 */
export function underLimit(progress: Progress, { maxBytesPerSecond, tableBytes, deliveredBytes }: PacedFlow): Progress {
  const atLeast = Math.ceil(Math.max(tableBytes - deliveredBytes, 0) / maxBytesPerSecond);
  return { ...progress, etaSeconds: Math.max(progress.etaSeconds ?? 0, atLeast) };
}
