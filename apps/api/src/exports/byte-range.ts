/** Which bytes to send: all, `first`–`last` (both included), or none because nothing lies in the range. */
export type ByteRange = 'all' | { first: number; last: number } | 'unsatisfiable';

/** Units are case-insensitive (RFC 9110 §14.1); a position beyond every file, such as 2^64 − 1, is one all the same. */
const ONE_RANGE = /^bytes=(?:(\d{1,40})-(\d{1,40})?|-(\d{1,40}))$/i;

/**
 * Reads `Range` and `If-Range` (RFC 9110 §14.2, §13.1.5). What we do not understand, several ranges among it, is
 * ignored as the RFC allows: the answer is then the whole file.
 * @param etag the strong entity tag of what would be sent
 */
export function readByteRange(
  headers: { range?: string | undefined; ifRange?: string | undefined },
  size: number,
  etag: string,
): ByteRange {
  const [match, from, to, suffix] = ONE_RANGE.exec(headers.range ?? '') ?? [];
  if (match === undefined) return 'all';
  // Another file than the one the client has begun; a date never matches, since only the tag is strong.
  if (headers.ifRange !== undefined && headers.ifRange !== etag) return 'all';
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === undefined ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== undefined && Number(to) < first) return 'all';
  return first >= size ? 'unsatisfiable' : { first, last };
}
