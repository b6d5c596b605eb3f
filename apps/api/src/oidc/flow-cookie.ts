import { parse } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import type { SecretSeal } from '../second-factor/secret-seal.js';

const NAME = 'pgx_oidc';
const PATH = '/api/v1/auth/oidc';
const OWNER = 'sign-in at the identity provider';
export const FLOW_MINUTES = 10;

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

export function setFlowCookie(request: Request, response: Response, flow: Flow, seal: SecretSeal): void {
  response.cookie(NAME, seal.seal(JSON.stringify(flow), OWNER), {
    ...attributes(request),
    maxAge: FLOW_MINUTES * 60_000,
  });
}

/** Takes the cookie away, too. Null when there is none of ours, or it is too old. */
export function takeFlowCookie(request: Request, response: Response, seal: SecretSeal): Flow | null {
  const text = parse(request.headers.cookie ?? '')[NAME];
  if (text === undefined) return null;
  response.clearCookie(NAME, attributes(request));
  try {
    const flow = Flow.parse(JSON.parse(seal.open(text, OWNER)));
    return Date.now() - flow.startedAt < FLOW_MINUTES * 60_000 ? flow : null;
  } catch {
    return null;
  }
}
