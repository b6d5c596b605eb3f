import { Service } from '@angular/core';
import { keepFresh } from '../api/kept-fresh';
import { lastHeard } from '../api/last-heard';
import { replaceable } from '../api/replaceable';
import { EXPORTS_URL } from '../api/routes';
import type { ExportPage } from '../api/types';

const REFRESH_MS = 4_000;

/** The last exports, whoever asked for them, kept fresh while somebody looks. */
@Service({ autoProvided: false })
export class ExportHistory {
  private readonly question = replaceable<ExportPage>(() => ({ url: EXPORTS_URL, params: { limit: 8 } }));
  private readonly page = this.question.answer;

  /** Newest first; null until the first answer. What was heard stays while a later request fails. */
  readonly items = lastHeard(
    () => EXPORTS_URL,
    () => (this.page.hasValue() ? this.page.value().items : null),
  );
  readonly failure = this.question.failure;

  constructor() {
    keepFresh({ loading: this.page.isLoading, failure: this.failure, reload: this.question.ask }, REFRESH_MS);
  }

  reload(): void {
    this.question.ask();
  }
}
