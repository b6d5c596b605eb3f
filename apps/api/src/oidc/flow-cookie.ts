import { parse } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SecretSeal } from '../second-factor/secret-seal.js';

const NAMES = 'pgx_oidc_';
const PATH = '/api/v1/auth/oidc';
const OWNER = 'sign-in at the identity provider';
export const FLOW_MINUTES = 10;
/** Longer than it is good: who was too slow still gets back to the page, to begin again there. */
const KEPT_MINUTES = 60;
/** At once in one browser: a request has room for few headers. */
const MOST_FLOWS = 4;

/** A sign-in that is under way at the provider; times in milliseconds since 1970. */
const Flow = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.string(),
  returnTo: z.string(),
  /** The session that steps up; null: somebody signs in. */
  sessionId: z.uuid().nullable(),
  startedAt: z.int(),
});
export type Flow = z.infer<typeof Flow>;

/** Lax, since the provider sends the browser back here from its own site; sealed, and of use to this server alone. */
function attributes(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', path: PATH, secure: request.secure };
}

/** One for each sign-in, so that two tabs do not take each other's away. */
function nameOf(state: string): string {
  return NAMES + createHash('sha256').update(state).digest('base64url').slice(0, 16);
}

function open(text: string, seal: SecretSeal): Flow | null {
  try {
    return Flow.parse(JSON.parse(seal.open(text, OWNER)));
  } catch {
    return null;
  }
}

/** What is no longer read, or was begun longest ago, makes room. */
function makeRoom(request: Request, response: Response, seal: SecretSeal): void {
  const begun = Object.entries(parse(request.headers.cookie ?? ''))
    .filter(([name]) => name.startsWith(NAMES))
    .map(([name, text = '']) => ({ name, at: open(text, seal)?.startedAt ?? 0 }))
    .sort((one, other) => other.at - one.at);
  for (const { name } of begun.slice(MOST_FLOWS - 1)) response.clearCookie(name, attributes(request));
}

export function setFlowCookie(request: Request, response: Response, flow: Flow, seal: SecretSeal): void {
  makeRoom(request, response, seal);
  response.cookie(nameOf(flow.state), seal.seal(JSON.stringify(flow), OWNER), {
    ...attributes(request),
    maxAge: KEPT_MINUTES * 60_000,
  });
}

/**
 * Takes the cookie away, too.
 * @param query that the provider sent the browser back with
 * @returns null: there is none of ours for this sign-in
 */
export function takeFlowCookie(request: Request, response: Response, query: string, seal: SecretSeal): Flow | null {
  const name = nameOf(new URLSearchParams(query).get('state') ?? '');
  const text = parse(request.headers.cookie ?? '')[name];
  if (text === undefined) return null;
  response.clearCookie(name, attributes(request));
  return open(text, seal);
}

export function isTooOld({ startedAt }: Flow): boolean {
  return Date.now() - startedAt >= FLOW_MINUTES * 60_000;
}
