import { HttpClient } from '@angular/common/http';
import { DOCUMENT, inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, askAgain, RequestFailure, requestFailure } from '../api/request-failure';
import { downloadLinkUrl } from '../api/routes';
import type { DownloadLink } from '../api/types';

/** Hands a file to the browser's own download: nothing of it passes through the page. */
@Service({ autoProvided: false })
export class FileDownload {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);

  /** Exports whose link is being asked for. */
  readonly asking = signal<ReadonlySet<string>>(new Set());
  /** The export whose download started last. */
  readonly started = signal<string | null>(null);
  readonly failure = signal<{ readonly id: string; readonly failure: RequestFailure } | null>(null);

  async start(id: string): Promise<void> {
    if (this.asking().has(id)) return;
    this.asking.update((ids) => new Set(ids).add(id));
    this.failure.set(null);
    try {
      const request = this.http.post<DownloadLink>(downloadLinkUrl(id), null, { timeout: ANSWER_TIMEOUT_MS });
      const link = await firstValueFrom(request.pipe(askAgain()));
      this.click(link.url);
      this.started.set(id);
    } catch (error) {
      this.failure.set({ id, failure: requestFailure(error) });
    } finally {
      this.asking.update((ids) => new Set([...ids].filter((other) => other !== id)));
    }
  }

  private click(url: string): void {
    const anchor = this.document.createElement('a');
    anchor.href = url;
    anchor.download = '';
    anchor.hidden = true;
    this.document.body.append(anchor);
    anchor.click();
    anchor.remove();
  }
}
