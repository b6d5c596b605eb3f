/** What was measured longer ago than that says little of what comes. */
const WINDOW_MS = 15_000;
const SAMPLE_MS = 250;

/** How fast a share of the work grows: as fast as of late and as on average, in equal parts. */
export class RecentRate {
  private readonly samples: { at: number; share: number }[];

  /** @param startShare what was done before the clock was started */
  constructor(
    private readonly startedAt: number,
    private readonly startShare = 0,
  ) {
    this.samples = [{ at: startedAt, share: startShare }];
  }

  /** @returns seconds until the share is 1, or null while nothing moves */
  secondsLeft(share: number, now: number): number | null {
    const last = this.samples.at(-1);
    if (last === undefined || now - last.at >= SAMPLE_MS) this.samples.push({ at: now, share });
    while ((this.samples[1]?.at ?? now) < now - WINDOW_MS) this.samples.shift();
    const [first] = this.samples;
    const average = rate(this.startShare, share, now - this.startedAt);
    const recent = first === undefined ? average : rate(first.share, share, now - first.at);
    const perSecond = (average + recent) / 2;
    return perSecond > 0 ? (1 - share) / perSecond : null;
  }
}

function rate(from: number, to: number, milliseconds: number): number {
  return milliseconds > 0 ? ((to - from) / milliseconds) * 1000 : 0;
}
