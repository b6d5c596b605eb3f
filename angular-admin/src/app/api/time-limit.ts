import type { HttpInterceptorFn } from '@angular/common/http';
import { ANSWER_TIMEOUT_MS } from './request-failure';

/**
 * A read that gets no answer for so long fails, so that whoever waits for it says so and asks again: a connection that
 * died with the network would keep its question for ever. Files, and questions with a limit of their own, are left alone.
 */
export const timeLimit: HttpInterceptorFn = (request, next) => {
  const isRead = request.method === 'GET' && request.responseType === 'json';
  return next(isRead && request.timeout === undefined ? request.clone({ timeout: ANSWER_TIMEOUT_MS }) : request);
};
