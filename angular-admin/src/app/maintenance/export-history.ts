import { computed, linkedSignal, Service } from '@angular/core';
import { keepFresh } from '../api/kept-fresh';
import { replaceable } from '../api/replaceable';
import { requestFailure } from '../api/request-failure';
import { EXPORTS_URL } from '../api/routes';
import type { Export, ExportPage } from '../api/types';

const REFRESH_MS = 4_000;

/** The last exports, whoever asked for them, kept fresh while somebody looks. */
@Service({ autoProvided: false })
export class ExportHistory {
  private readonly question = replaceable<ExportPage>(() => ({ url: EXPORTS_URL, params: { limit: 8 } }));
  private readonly page = this.question.answer;

  /** Newest first; null until the first answer. What was heard stays while a later request fails. */
  readonly items = linkedSignal<Export[] | null, Export[] | null>({
    source: () => (this.page.hasValue() ? this.page.value().items : null),
    computation: (fresh, previous) => fresh ?? previous?.value ?? null,
  });
  readonly failure = computed(() => (this.page.error() === undefined ? null : requestFailure(this.page.error())));

  constructor() {
    keepFresh({ loading: this.page.isLoading, failure: this.failure, reload: this.question.ask }, REFRESH_MS);
  }

  reload(): void {
    this.question.ask();
  }
}
