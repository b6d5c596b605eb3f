import { Refusal } from '#lib/domain';
import type { NextFunction, Request, Response } from 'express';

/** A body that nothing here reads would be passed over in silence, and the defaults done in its place. */
export function jsonBodiesOnly(request: Request, _: Response, next: NextFunction): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
  const hasBody = encoding !== undefined || length !== '0';
  if (!hasBody || request.is('application/json') !== false) next();
  else next(new Refusal('invalid_request', 'The body must be JSON, with Content-Type: application/json.'));
}
