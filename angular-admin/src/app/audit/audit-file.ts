import { HttpClient } from '@angular/common/http';
import { DOCUMENT, inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { type RequestFailure, requestFailure } from '../api/request-failure';
import { AUDIT_URL } from '../api/routes';

/** Hands the trail, or what the filters let through of it, to the browser as a file of one JSON record a line. */
@Service({ autoProvided: false })
export class AuditFile {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);
  readonly busy = signal(false);
  readonly failure = signal<RequestFailure | null>(null);

  /** @param filters the query of the API: what of the trail is wanted */
  async save(filters: Record<string, string>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.failure.set(null);
    try {
      const headers = { Accept: 'application/x-ndjson' };
      this.hand(await firstValueFrom(this.http.get(AUDIT_URL, { headers, params: filters, responseType: 'blob' })));
    } catch (error) {
      this.failure.set(requestFailure(error));
    } finally {
      this.busy.set(false);
    }
  }

  private hand(file: Blob): void {
    const anchor = this.document.createElement('a');
    anchor.href = URL.createObjectURL(file);
    anchor.download = 'pg-export-audit.ndjson';
    anchor.click();
    URL.revokeObjectURL(anchor.href);
  }
}
