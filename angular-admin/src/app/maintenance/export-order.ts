import { HttpClient } from '@angular/common/http';
import { inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, askAgain, isUnreachable, RequestFailure, requestFailure } from '../api/request-failure';
import { EXPORTS_URL } from '../api/routes';
import type { Export, ExportWish } from '../api/types';
import { freshKey } from '../fresh-key';
import { Delivery } from './delivery';

/** Asks for an export: one click, one export, however often it is clicked and however bad the line is. */
@Service({ autoProvided: false })
export class ExportOrder {
  private readonly http = inject(HttpClient);
  private readonly delivery = inject(Delivery);
  /** Kept while nobody knows whether the API heard the order, so that another try cannot make a second export. */
  private unanswered: { readonly wish: string; readonly key: string } | null = null;

  readonly pending = signal(false);
  readonly failure = signal<RequestFailure | null>(null);

  async place(wish: ExportWish): Promise<Export | null> {
    if (this.pending()) return null;
    this.pending.set(true);
    this.failure.set(null);
    try {
      const ordered = await this.send(wish);
      this.unanswered = null;
      this.delivery.expect(ordered);
      return ordered;
    } catch (error) {
      const failure = requestFailure(error);
      if (!isUnreachable(failure)) this.unanswered = null;
      this.failure.set(failure);
      return null;
    } finally {
      this.pending.set(false);
    }
  }

  private send(wish: ExportWish): Promise<Export> {
    const words = JSON.stringify(wish);
    if (this.unanswered?.wish !== words) this.unanswered = { wish: words, key: freshKey() };
    const headers = { 'Idempotency-Key': this.unanswered.key };
    const request = this.http.post<Export>(EXPORTS_URL, wish, { headers, timeout: ANSWER_TIMEOUT_MS });
    return firstValueFrom(request.pipe(askAgain()));
  }
}
