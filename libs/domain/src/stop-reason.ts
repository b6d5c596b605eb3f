/** Why a run is stopped from outside: the reason on the one `AbortSignal` that reaches every child process. */
export type StopCause = 'cancelled' | 'timed_out' | 'stalled' | 'shutdown' | 'superseded';

export class StopReason extends Error {
  constructor(
    readonly stopCause: StopCause,
    message: string,
  ) {
    super(message);
    this.name = 'StopReason';
  }
}
