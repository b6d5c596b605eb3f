import { Refusal } from '#lib/domain';
import type { NextFunction, Request, Response } from 'express';

/** Refuses what is no request of HTTP/1.1 though it can be parsed: RFC 9112 §3.2 (`Host`), RFC 9110 §10.1.1 (`Expect`). */
export function refuseMalformed(request: Request, _: Response, next: NextFunction): void {
  const { expect } = request.headers;
  const hosts = request.headersDistinct['host'] ?? [];
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion === '1.1')) {
    next(new Refusal('invalid_request', 'Host: must be there, once.'));
  } else if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    next(new Refusal('expectation_failed', 'Expect: nothing but 100-continue can be expected here.'));
  } else {
    next();
  }
}
