import { httpResource } from '@angular/common/http';
import { computed, DestroyRef, DOCUMENT, effect, inject, linkedSignal, Service } from '@angular/core';
import { requestFailure } from '../api/request-failure';
import { DATABASES_URL } from '../api/routes';
import type { Database } from '../api/types';

/** Whether a database can be reached changes seldom; one that cannot is waited for. */
const REFRESH_MS = 30_000;
const TROUBLED_REFRESH_MS = 5_000;

/** The databases and whether they can be reached, asked again while somebody looks. */
@Service({ autoProvided: false })
export class DatabaseList {
  private readonly answer = httpResource<Database[]>(() => DATABASES_URL);

  /** Null until the first answer. What was heard stays while a later request fails. */
  readonly items = linkedSignal<Database[] | null, Database[] | null>({
    source: () => (this.answer.hasValue() ? this.answer.value() : null),
    computation: (fresh, previous) => fresh ?? previous?.value ?? null,
  });
  readonly failure = computed(() => {
    const error = this.answer.error();
    return error === undefined ? null : requestFailure(error);
  });
  private readonly troubled = computed(
    () => this.failure() !== null || this.items()?.some(({ reachable }) => !reachable) === true,
  );

  constructor() {
    const document = inject(DOCUMENT);
    const view = document.defaultView;
    const refresh = (): void => {
      if (!document.hidden) this.reload();
    };
    effect((onCleanup) => {
      const timer = setInterval(refresh, this.troubled() ? TROUBLED_REFRESH_MS : REFRESH_MS);
      onCleanup(() => {
        clearInterval(timer);
      });
    });
    document.addEventListener('visibilitychange', refresh);
    view?.addEventListener('online', refresh);
    inject(DestroyRef).onDestroy(() => {
      document.removeEventListener('visibilitychange', refresh);
      view?.removeEventListener('online', refresh);
    });
  }

  reload(): void {
    if (!this.answer.isLoading()) this.answer.reload();
  }
}
