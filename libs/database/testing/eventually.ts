const INTERVAL_MS = 20;

/** Waits until a condition holds; fails with the last thing it saw when it does not within `timeoutMs`. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  isSo: (seen: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > deadline) {
      throw new Error(`Not so after ${String(timeoutMs)} ms, but: ${JSON.stringify(seen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
