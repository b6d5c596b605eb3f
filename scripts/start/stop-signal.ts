/** A signal that comes sooner than this after the first is its echo: the terminal and npm both send one Ctrl-C. */
const echoMilliseconds = 1_000;

/** Turns the first signal into an orderly stop, and only a later one, after more than a second, into a forced end. */
export class StopSignal {
  private readonly controller = new AbortController();
  private firstAt: number | undefined;
  private onForce: () => void = () => undefined;

  /** Aborted by the first signal. */
  get wish(): AbortSignal {
    return this.controller.signal;
  }

  /** What to do on a second wish. */
  forceWith(force: () => void): void {
    this.onForce = force;
  }

  /** Also the end of the process that started us counts: nobody would be left to stop us. */
  listen(): this {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.receive(Date.now()));
    if (process.channel) {
      process.on('disconnect', () => this.receive(Date.now()));
      process.channel.unref();
    }
    return this;
  }

  receive(now: number): void {
    if (this.firstAt === undefined) {
      this.firstAt = now;
      this.controller.abort(new StopWished());
    } else if (now - this.firstAt > echoMilliseconds) this.onForce();
  }

  /** Resolves with the first signal. */
  wished(): Promise<void> {
    return new Promise((settle) => {
      if (this.wish.aborted) settle();
      else this.wish.addEventListener('abort', () => settle(), { once: true });
    });
  }
}

/** Thrown through whatever start is doing when the stop is wished. */
export class StopWished extends Error {
  override readonly name = 'StopWished';
}
