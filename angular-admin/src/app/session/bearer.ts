import { HttpErrorResponse, HttpEvent, HttpHandlerFn, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { catchError, from, Observable, switchMap, throwError } from 'rxjs';
import { requestFailure } from '../api/request-failure';
import { METHODS_URL, RENEW_URL, SIGN_IN_URL } from '../api/routes';
import { Session } from './session';
import { signInAddress } from './guards';

/** These make a session, so they are sent without one, and their 401 is an answer. */
const SESSION_MAKERS = [METHODS_URL, SIGN_IN_URL, RENEW_URL];

/** A 401 that is about what was typed, and not about the session. */
const ABOUT_CREDENTIALS = ['invalid_credentials', 'totp_required'];

function sessionEnded(error: unknown): error is HttpErrorResponse {
  if (!(error instanceof HttpErrorResponse) || error.status !== 401) return false;
  return !ABOUT_CREDENTIALS.includes(requestFailure(error).code ?? '');
}

function withToken(request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> {
  return token === null ? request : request.clone({ setHeaders: { Authorization: `Bearer ${token}` } });
}

/** An account that must have a second factor first may do nothing else: it is led there. */
function leadToEnrolment(error: unknown, router: Router): void {
  if (requestFailure(error).code === 'totp_enrolment_required') void router.navigateByUrl('/account');
}

/**
 * Sends the access token; on a 401 renews the session once and sends the same request again, else asks to sign in. What
 * one account has asked for is not sent again in the name of another one that has signed in here meanwhile.
 */
export const bearer: HttpInterceptorFn = (request: HttpRequest<unknown>, next: HttpHandlerFn) => {
  if (!request.url.startsWith('/api/') || SESSION_MAKERS.includes(request.url)) return next(request);
  const session = inject(Session);
  const router = inject(Router);
  const token = session.token();
  const isStillCaller = session.rememberCaller();

  const sendAgain = (refusal: HttpErrorResponse): Observable<HttpEvent<unknown>> =>
    from(session.tokenAfter(token)).pipe(
      switchMap((renewed) => {
        if (renewed === null) void router.navigateByUrl(signInAddress(router));
        else if (isStillCaller()) return next(withToken(request, renewed));
        return throwError(() => refusal);
      }),
    );

  return next(withToken(request, token)).pipe(
    catchError((error: unknown) => {
      if (sessionEnded(error)) return sendAgain(error);
      leadToEnrolment(error, router);
      return throwError(() => error);
    }),
  );
};
