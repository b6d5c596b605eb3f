/** How the fake API says things. */
import type { ServerResponse } from 'node:http';

const CORRELATION_ID = '0199b7c2-cafe-7000-8000-00000000c0de';

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, 'X-Correlation-Id': CORRELATION_ID, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

export function problem(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  const body = { type: 'about:blank', title: code, status, detail: code, code, correlationId: CORRELATION_ID };
  json(response, status, body, headers);
}
