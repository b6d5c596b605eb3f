import type { NextFunction, Request, Response } from 'express';

/** No shared cache keeps an answer, and no cache gives one without asking, unless its route says otherwise. */
export function keepAnswersPrivate(_: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'private, no-cache');
  next();
}
