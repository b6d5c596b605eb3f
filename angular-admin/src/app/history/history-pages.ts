import { Service, signal } from '@angular/core';
import { keepFresh } from '../api/kept-fresh';
import { lastHeard } from '../api/last-heard';
import { replaceable } from '../api/replaceable';
import { EXPORTS_URL } from '../api/routes';
import type { Export, ExportPage } from '../api/types';

const REFRESH_MS = 4_000;
export const PAGE_SIZE = 20;

/** What of the history is wanted; the address of the page holds it. */
export interface HistoryQuery {
  readonly status?: Export['status'];
  readonly database?: string;
  readonly cursor?: string;
}

/** One page of the history, as the server cuts it, kept fresh while somebody looks. */
@Service({ autoProvided: false })
export class HistoryPages {
  readonly query = signal<HistoryQuery>({});
  private readonly question = replaceable<ExportPage>(() => ({
    url: EXPORTS_URL,
    params: { ...this.query(), limit: PAGE_SIZE },
  }));
  private readonly answer = this.question.answer;

  /** Null until the first answer for this query. What was heard stays while a later request fails. */
  readonly page = lastHeard(this.query, () => (this.answer.hasValue() ? this.answer.value() : null));
  readonly failure = this.question.failure;

  constructor() {
    keepFresh({ loading: this.answer.isLoading, failure: this.failure, reload: this.question.ask }, REFRESH_MS);
  }

  reload(): void {
    this.question.ask();
  }
}
