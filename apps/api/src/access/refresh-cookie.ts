import { parse } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';

const NAME = 'pgx_refresh';
const PATH = '/api/v1/auth';

/** Out of reach of scripts and of other sites' requests; over HTTPS only where the request came so. */
function attributes(request: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', path: PATH, secure: request.secure };
}

/** Empty when there is none. */
export function readRefreshCookie(request: Request): string {
  return parse(request.headers.cookie ?? '')[NAME] ?? '';
}

export function setRefreshCookie(
  request: Request,
  response: Response,
  refresh: { token: string; expiresAt: Date },
): void {
  response.cookie(NAME, refresh.token, { ...attributes(request), expires: refresh.expiresAt });
}

export function clearRefreshCookie(request: Request, response: Response): void {
  response.clearCookie(NAME, attributes(request));
}
