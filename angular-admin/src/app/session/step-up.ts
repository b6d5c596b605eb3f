import { HttpEvent, HttpHandlerFn, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { inject, Injector, Service } from '@angular/core';
import { catchError, firstValueFrom, from, Observable, switchMap, throwError } from 'rxjs';
import { requestFailure } from '../api/request-failure';

/** Asks a person who is signed in for the password again. The dialog is loaded when it is first needed. */
@Service()
export class StepUp {
  private readonly injector = inject(Injector);
  private asking: Promise<boolean> | null = null;

  /** Whether it was given. Whatever is refused meanwhile waits for the same dialog. */
  ask(): Promise<boolean> {
    this.asking ??= this.open().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async open(): Promise<boolean> {
    const { openStepUpDialog } = await import('./step-up-dialog');
    return (await firstValueFrom(openStepUpDialog(this.injector).afterClosed())) === true;
  }
}

/** What needs a fresh password waits for it, then goes on as if nothing had happened. */
export const stepUp: HttpInterceptorFn = (request: HttpRequest<unknown>, next: HttpHandlerFn) => {
  const door = inject(StepUp);
  const askFirst = (refusal: unknown): Observable<HttpEvent<unknown>> =>
    from(door.ask()).pipe(switchMap((given) => (given ? next(request) : throwError(() => refusal))));
  return next(request).pipe(
    catchError((error: unknown) =>
      requestFailure(error).code === 'step_up_required' ? askFirst(error) : throwError(() => error),
    ),
  );
};
