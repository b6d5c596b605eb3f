import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { randomBytes } from 'node:crypto';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The strictest policy the panel lives with: no inline script, styles by nonce, strings never become code or markup. */
export const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types angular angular#components',
  ].join('; ');

/** Serves the built panel as the API does: a file when there is one, else the language's index.html. */
export function servePanel(root: string, path: string, response: ServerResponse): void {
  const language = /^\/(fr|en)(?:\/|$)/.exec(path)?.[1];
  if (language === undefined) {
    response.writeHead(302, { Location: '/fr/' }).end();
    return;
  }
  const file = join(root, normalize(path));
  if (extname(file) !== '' && existsSync(file)) {
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
    return;
  }
  const nonce = randomBytes(16).toString('base64url');
  const page = readFileSync(join(root, language, 'index.html'), 'utf8').replaceAll('CSP_NONCE', nonce);
  response.writeHead(200, {
    'Content-Type': TYPES['.html'] ?? '',
    'Content-Security-Policy': policy(nonce),
    'Cache-Control': 'no-store',
  });
  response.end(page);
}
