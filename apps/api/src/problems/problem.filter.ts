import type { Refusal } from '#lib/domain';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus, Logger, NotFoundException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import type { RequestRecord } from '../audit/request-record.js';
import { asRefusal } from './as-refusal.js';
import type { KnownPaths } from './known-paths.js';
import { nothingHere } from './nothing-here.js';
import type { ProblemBody } from './problem-schema.js';
import { STATUS_OF } from './status-of-code.js';

/** Answers every error alike: `application/problem+json` (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param record null: nobody writes refusals down */
  constructor(
    private readonly record: RequestRecord | null,
    private readonly paths: KnownPaths,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // Nest's own: no route has answered. What a route does not find is a refusal.
    const refusal = error instanceof NotFoundException ? nothingHere(request, response, this.paths) : asRefusal(error);
    await this.record?.refused(request, refusal);
    sendProblem(request, response, refusal);
  }
}

const logger = new Logger(ProblemFilter.name);

/** Answers with a problem, unless half an answer is out: cutting the connection is then what tells the client. */
export function sendProblem(request: Request, response: Response, refusal: Refusal): void {
  if (STATUS_OF[refusal.code] >= HttpStatus.INTERNAL_SERVER_ERROR) logger.error(refusal.cause ?? refusal);
  logUnlogged(request, refusal);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = toProblem(refusal, request.id as string);
  if (refusal.retryAfterSeconds !== undefined) response.setHeader('Retry-After', refusal.retryAfterSeconds);
  if (problem.status === (HttpStatus.UNAUTHORIZED as number)) response.setHeader('WWW-Authenticate', 'Bearer');
  for (const header of ['ETag', 'Content-Disposition', 'Repr-Digest']) response.removeHeader(header);
  const body = JSON.stringify(problem);
  response.status(problem.status).type('application/problem+json').setHeader('Content-Length', Buffer.byteLength(body));
  // Not by Express' send, which would give the problem an ETag of its own.
  response.end(body);
}

/** What is refused before the request comes to the log of requests: a body or headers that can't be read, an address. */
function logUnlogged(request: Request, refusal: Refusal): void {
  const isLogged = (request as { log?: unknown }).log !== undefined;
  // The connection that broke while the request came in has had its line.
  if (isLogged || !request.socket.writable) return;
  const { id, ip, method, baseUrl, path } = request;
  const what = `${method} ${`${baseUrl}${path}`.slice(0, 200)}: ${refusal.message}`;
  logger.warn(`${String(STATUS_OF[refusal.code])} to ${ip ?? 'somebody'}: ${what} (${id as string})`);
}

function toProblem(refusal: Refusal, correlationId: string): ProblemBody {
  const status = STATUS_OF[refusal.code];
  return {
    type: `urn:pg-export:problem:${refusal.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: refusal.message,
    code: refusal.code,
    correlationId,
  };
}
