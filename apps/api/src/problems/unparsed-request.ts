import { Logger } from '@nestjs/common';
import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import type { ProblemBody } from './problem-schema.js';

const HEADERS_TOO_LARGE = 431;
const UNAUTHORIZED = 401;
const BAD_REQUEST = 400;
/** How long a client may go on sending what nobody reads. */
const DRAIN_MS = 2_000;

const logger = new Logger('UnparsedRequest');

/** What Node says of it. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };

/** Answers what Node's HTTP parser refuses, before there is a request, as a problem like any other (RFC 9457). */
export function answerUnparsedRequests(server: Server): void {
  server.on('clientError', (error: ParserError, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const correlationId = uuidv7();
    const problem = problemOf(error);
    logger.warn(
      `${String(problem.status)} to ${socket.remoteAddress ?? 'somebody'}: ${problem.detail} (${correlationId})`,
    );
    socket.end(answer({ ...problem, correlationId }));
    // A connection that is closed with something unread is reset, and the answer may be lost with it.
    socket.resume();
    setTimeout(() => socket.destroy(), DRAIN_MS).unref();
  });
}

function problemOf({ code, rawPacket }: ParserError): { status: number; code: string; detail: string } {
  if (code !== 'HPE_HEADER_OVERFLOW') {
    return { status: BAD_REQUEST, code: 'invalid_request', detail: 'This is not a request that can be understood.' };
  }
  // A credential of that size is none, whatever else the headers say.
  if (/^authorization:[^\r\n]{8000}/im.test(rawPacket?.toString('latin1') ?? '')) {
    return { status: UNAUTHORIZED, code: 'unauthenticated', detail: 'No credential is that long.' };
  }
  return { status: HEADERS_TOO_LARGE, code: 'invalid_request', detail: 'The headers of the request are too large.' };
}

function answer({ status, code, detail, correlationId }: Omit<ProblemBody, 'type' | 'title'>): string {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: `urn:pg-export:problem:${code}`, title, status, detail, code, correlationId });
  return [
    `HTTP/1.1 ${String(status)} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Correlation-Id: ${correlationId}`,
    ...(status === UNAUTHORIZED ? ['WWW-Authenticate: Bearer'] : []),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
