import type { NextFunction, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';

const HARMLESS = /^[\w.-]{1,64}$/;

/** The caller's `X-Correlation-Id` where it is harmless, else a new one; every answer carries it. */
export function correlate(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-correlation-id'];
  request.id = typeof given === 'string' && HARMLESS.test(given) ? given : uuidv7();
  response.setHeader('X-Correlation-Id', request.id);
  next();
}
