/** Waits until the condition holds; fails after the time, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMilliseconds = 20_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMilliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`After ${timeoutMilliseconds / 1_000} s still not: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
