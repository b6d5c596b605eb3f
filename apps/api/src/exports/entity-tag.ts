/**
 * Whether `If-None-Match` names the tag (RFC 9110 §13.1.2, weak comparison). Express' own check calls everything new
 * when the request says `Cache-Control: no-cache`, and browsers say so whenever a script sets If-None-Match.
 */
export function namesTag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** The one strong tag that `If-None-Match` consists of, or null: there is none, or there are several. */
export function onlyTag(ifNoneMatch: string | undefined): string | null {
  return /^\s*(?:W\/)?("[^",]*")\s*$/.exec(ifNoneMatch ?? '')?.[1] ?? null;
}
