import { HttpErrorResponse } from '@angular/common/http';
import { MonoTypeOperatorFunction, retry, throwError, timer } from 'rxjs';
import type { Problem } from './types';

/** Why a request did not do what it was asked, as much as the panel needs to tell a person. */
export interface RequestFailure {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The problem's code (RFC 9457 extension member), null when whoever answered was not the API. */
  readonly code: string | null;
  /** The API's own words, in English; null when whoever answered was not the API. */
  readonly detail: string | null;
  readonly correlationId: string | null;
  readonly retryAfterSeconds: number | null;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && typeof (body as Partial<Problem>).code === 'string';
}

export function requestFailure(error: unknown): RequestFailure {
  if (!(error instanceof HttpErrorResponse)) {
    return { status: 0, code: null, detail: null, correlationId: null, retryAfterSeconds: null };
  }
  const problem: Problem | null = isProblem(error.error) ? error.error : null;
  const retryAfter = Number.parseInt(error.headers.get('Retry-After') ?? '', 10);
  return {
    status: error.status,
    code: problem?.code ?? null,
    detail: problem?.detail ?? null,
    correlationId: problem?.correlationId ?? error.headers.get('X-Correlation-Id'),
    retryAfterSeconds: Number.isNaN(retryAfter) ? null : retryAfter,
  };
}

/** Whether nobody who knows answered (no network, an API that restarts, a proxy in its place): asking again may help. */
export function isUnreachable({ status, code }: RequestFailure): boolean {
  return status === 0 || (code === null && [500, 502, 503, 504].includes(status));
}

/** Whether a repeated read may find better times: unreachable, overloaded, or a part of the server down for a while. */
export function mayPass({ status }: RequestFailure): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Longest wait for an answer: past it the connection counts as lost. */
export const ANSWER_TIMEOUT_MS = 15_000;

/** Delay before the nth new attempt, in milliseconds: doubled each time, at most 15 s. */
export const backOff = (attempt: number): number => Math.min(500 * 2 ** attempt, 15_000);

/** Asks again while the API is unreachable, `count` times with growing delay; any real answer ends it. */
export function askAgain<T>(count = 4): MonoTypeOperatorFunction<T> {
  return retry({
    count,
    delay: (error: unknown, attempt) =>
      isUnreachable(requestFailure(error)) ? timer(backOff(attempt)) : throwError(() => error),
  });
}
