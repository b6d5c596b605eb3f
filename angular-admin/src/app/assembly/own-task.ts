/** Goes on with the value in a task of its own: what follows may be as long as what came before. */
export function inOwnTask<T>(value: T): T | Promise<T> {
  // In the background nobody waits for the page, and timers come once a second.
  if (document.hidden) return value;
  return new Promise((go) => {
    setTimeout(() => {
      go(value);
    });
  });
}
