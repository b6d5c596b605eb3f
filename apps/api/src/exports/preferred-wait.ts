const LONGEST_SECONDS = 60;

/** One preference, as RFC 7240 §2 writes it: a token, perhaps a value, perhaps parameters that `wait` has none of. */
const WAIT = /^wait\s*=\s*(?:(\d{1,9})|"(\d{1,9})")\s*(?:;|$)/i;

/**
 * The seconds of `Prefer: wait=N` (RFC 7240 §4.3), 1 to 60. What is out of range or not a number is ignored, as the
 * RFC asks; of several the first one counts.
 */
export function preferredWait(prefer: string | string[] | undefined): number | null {
  const preferences = [prefer ?? []].flat().flatMap((line) => line.split(','));
  const wait = preferences.map((one) => one.trim()).find((one) => /^wait\b/i.test(one));
  const [, plain, quoted] = WAIT.exec(wait ?? '') ?? [];
  const seconds = Number(plain ?? quoted);
  return seconds >= 1 && seconds <= LONGEST_SECONDS ? seconds : null;
}
