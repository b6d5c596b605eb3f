import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compressedFiles } from './compressed-files.js';

/** Both languages of one build, each under its own path. The first is the fallback. */
const LANGUAGES = ['en', 'fr'] as const;
const ROOT = fileURLToPath(new URL('../../../../panel/browser', import.meta.url));
/** File names carry a hash of the content, so a file never changes under its name. */
const IMMUTABLE_SECONDS = 31_536_000;

/** Serves the panel on the API's own origin; unknown paths below a language are the panel's own routes. */
export function servePanel(app: NestExpressApplication, root = ROOT): void {
  app.use('/', redirectToLanguage);
  for (const language of LANGUAGES) {
    const folder = join(root, language);
    if (!existsSync(folder)) continue;
    app.use(`/${language}`, compressedFiles(folder, setCaching));
    app.use(`/${language}`, express.static(folder, { index: false, setHeaders: setCaching, redirect: false }));
    app.use(`/${language}`, (request: Request, response: Response, next: NextFunction) => {
      if (!isRead(request) || /\.\w+$/.test(request.path)) {
        next();
        return;
      }
      response.setHeader('Cache-Control', 'no-cache');
      response.sendFile('index.html', { root: folder });
    });
  }
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

function redirectToLanguage(request: Request, response: Response, next: NextFunction): void {
  if (!isRead(request) || (request.path !== '/' && request.path !== '/maintenance')) {
    next();
    return;
  }
  const language = request.acceptsLanguages([...LANGUAGES]) || LANGUAGES[0];
  response.vary('Accept-Language').redirect(302, `/${language}${request.url}`);
}

function setCaching(response: Response, path: string): void {
  const hashed = /-[A-Za-z0-9_-]{8}\.\w+$/.test(path);
  response.setHeader('Cache-Control', hashed ? `public, max-age=${String(IMMUTABLE_SECONDS)}, immutable` : 'no-cache');
}
