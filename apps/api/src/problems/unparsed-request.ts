import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { v7 as uuidv7 } from 'uuid';

const HEADERS_TOO_LARGE = 431;
const BAD_REQUEST = 400;

/** Answers what Node's HTTP parser refuses, before there is a request, as a problem like any other (RFC 9457). */
export function answerUnparsedRequests(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    socket.end(
      answer(
        tooLarge ? HEADERS_TOO_LARGE : BAD_REQUEST,
        tooLarge ? 'The headers of the request are too large.' : 'This is not a request that can be understood.',
      ),
    );
  });
}

function answer(status: number, detail: string): string {
  const title = STATUS_CODES[status] ?? 'Error';
  const correlationId = uuidv7();
  const code = 'invalid_request';
  const body = JSON.stringify({ type: `urn:pg-export:problem:${code}`, title, status, detail, code, correlationId });
  return [
    `HTTP/1.1 ${String(status)} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Correlation-Id: ${correlationId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
