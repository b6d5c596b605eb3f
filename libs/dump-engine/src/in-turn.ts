/**
 * Writes for whoever does not wait: each write begins when the one before is over, and what comes after one that failed
 * fails likewise. What has not begun when the signal is aborted fails with its reason.
 */
export function inTurn(write: (chunk: Buffer) => Promise<void>, signal: AbortSignal): (chunk: Buffer) => Promise<void> {
  let last = Promise.resolve();
  return (chunk) => {
    last = last.then(() => {
      signal.throwIfAborted();
      return write(chunk);
    });
    return last;
  };
}
