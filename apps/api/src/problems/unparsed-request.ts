import { Refusal } from '#lib/domain';
import { Logger } from '@nestjs/common';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { STATUS_OF } from './status-of-code.js';

/** How long a client may go on sending what nobody reads. */
const DRAIN_MS = 2_000;

const logger = new Logger('UnparsedRequest');

/** What Node says of it. */
type ParserError = NodeJS.ErrnoException & { rawPacket?: Buffer };
/** A connection, with the answer that is under way on it. */
type HttpSocket = Duplex & Partial<Pick<Socket, 'remoteAddress'>> & { _httpMessage?: ServerResponse | null };

/**
 * Answers what Node's HTTP server would refuse in its own words, as a problem like any other (RFC 9457): by itself where
 * there is no request yet, else by letting the request come in, where {@link refuseMalformed} waits for it.
 */
export function answerUnparsedRequests(server: Server): void {
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response);
  });
  server.on('connect', (_: IncomingMessage, socket: HttpSocket) => {
    // Node has taken its own listener away, and an error that nobody hears of ends the process.
    socket.on('error', () => socket.destroy());
    refuse(socket, new Refusal('invalid_request', 'This is no proxy: it makes no tunnels.'));
  });
  server.on('clientError', (error: ParserError, socket: HttpSocket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else refuse(socket, refusalOf(error));
  });
}

function refusalOf({ code, rawPacket }: ParserError): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Refusal('request_timeout', 'The request took too long to arrive.');
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new Refusal('payload_too_large', 'The body of the request is too large.');
  }
  if (code !== 'HPE_HEADER_OVERFLOW') {
    return new Refusal('invalid_request', 'This is not a request that can be understood.');
  }
  // A credential of that size is none, whatever else the headers say.
  if (/^authorization:[^\r\n]{8000}/im.test(rawPacket?.toString('latin1') ?? '')) {
    return new Refusal('unauthenticated', 'No credential is that long.');
  }
  return new Refusal('headers_too_large', 'The headers of the request are too large.');
}

function refuse(socket: HttpSocket, refusal: Refusal): void {
  const underWay = socket._httpMessage;
  const known = (underWay?.req as { id?: unknown } | undefined)?.id;
  const correlationId = typeof known === 'string' ? known : uuidv7();
  const status = STATUS_OF[refusal.code];
  const who = socket.remoteAddress ?? 'somebody';
  logger.warn(`${String(status)} to ${who}: ${refusal.message} (${correlationId})`);
  if (underWay?.headersSent === true) {
    // A second answer in the middle of the first one would be taken for a part of it.
    socket.destroy();
    return;
  }
  socket.end(answer(refusal, correlationId));
  // A connection that is closed with something unread is reset, and the answer may be lost with it.
  socket.resume();
  setTimeout(() => socket.destroy(), DRAIN_MS).unref();
}

function answer({ code, message }: Refusal, correlationId: string): string {
  const status = STATUS_OF[code];
  const title = STATUS_CODES[status] ?? 'Error';
  const type = `urn:pg-export:problem:${code}`;
  const body = JSON.stringify({ type, title, status, detail: message, code, correlationId });
  return [
    `HTTP/1.1 ${String(status)} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Correlation-Id: ${correlationId}`,
    ...(code === 'unauthenticated' ? ['WWW-Authenticate: Bearer'] : []),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
