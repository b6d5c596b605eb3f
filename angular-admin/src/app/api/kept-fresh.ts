import { DestroyRef, DOCUMENT, effect, inject, type Signal } from '@angular/core';
import { ANSWER_TIMEOUT_MS, backOff, type RequestFailure } from './request-failure';

/** What is asked for again and again. */
export interface Repeatable {
  readonly loading: Signal<boolean>;
  readonly failure: Signal<RequestFailure | null>;
  reload(): unknown;
}

/**
 * Asks again while somebody looks: so long after each answer, after each failure with a growing delay, and at once when
 * the page is looked at again or the network is back. In an injection context.
 */
export function keepFresh(list: Repeatable, everyMs: number): void {
  const document = inject(DOCUMENT);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const askIn = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, delay);
  };
  const ask = (): void => {
    // Looked at again, it is asked at once.
    if (document.hidden) return;
    list.reload();
    // The end of the question comes first, unless it was over before anybody heard that it began.
    askIn(ANSWER_TIMEOUT_MS + everyMs);
  };

  effect(() => {
    if (list.loading()) return;
    failures = list.failure() === null ? 0 : failures + 1;
    askIn(failures === 0 ? everyMs : Math.max(everyMs, backOff(failures)));
  });
  document.addEventListener('visibilitychange', ask);
  document.defaultView?.addEventListener('online', ask);
  inject(DestroyRef).onDestroy(() => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', ask);
    document.defaultView?.removeEventListener('online', ask);
  });
}
