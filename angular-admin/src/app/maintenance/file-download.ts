import { HttpClient } from '@angular/common/http';
import { DOCUMENT, inject, Service, signal } from '@angular/core';
import {
  firstValueFrom,
  fromEvent,
  merge,
  type Observable,
  race,
  retry,
  Subject,
  takeUntil,
  throwError,
  timer,
} from 'rxjs';
import {
  ANSWER_TIMEOUT_MS,
  askAgain,
  backOff,
  mayPass,
  type RequestFailure,
  requestFailure,
} from '../api/request-failure';
import { downloadLinkUrl } from '../api/routes';
import type { DownloadLink } from '../api/types';

/** What became of a file: given to the browser, left to another tab, given up by whoever waited, or refused. */
export type Handed = 'started' | 'left' | 'given up' | RequestFailure;

/** Hands a file to the browser's own download: nothing of it passes through the page. */
@Service()
export class FileDownload {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);
  /** Somebody does not want to wait for the next attempt. */
  private readonly now = new Subject<void>();

  /** Exports whose link is being asked for. */
  readonly asking = signal<ReadonlySet<string>>(new Set());
  /** The export whose download started last; each start is news, also of the same file. */
  readonly started = signal<string | null>(null, { equal: () => false });
  /** Exports whose download has started on this page, however many others started since. */
  readonly startedIds = signal<ReadonlySet<string>>(new Set());
  readonly failure = signal<{ readonly id: string; readonly failure: RequestFailure } | null>(null);

  /** A person wants it: a few attempts, then the failure is theirs to see. */
  async start(id: string): Promise<void> {
    if (this.asking().has(id)) this.now.next();
    else await this.hand(id, this.link(id).pipe(askAgain()), () => true);
  }

  /**
   * It starts by itself: waits for better times as long as they may come.
   * @param mayStart asked right before the file goes to the browser
   * @param leave gives it up
   */
  startPatiently(id: string, mayStart: () => boolean, leave: AbortSignal): Promise<Handed> {
    const later = retry<DownloadLink>({
      delay: (error: unknown, attempt) => {
        const failure = requestFailure(error);
        if (!mayPass(failure)) return throwError(() => error);
        this.failure.set({ id, failure });
        return race(timer(backOff(attempt)), this.better());
      },
    });
    return this.hand(id, this.link(id).pipe(later, takeUntil(fromEvent(leave, 'abort'))), mayStart);
  }

  /** What was said of a failure has been read; what is still tried goes on saying it. */
  dismiss(): void {
    const failure = this.failure();
    if (failure !== null && !this.asking().has(failure.id)) this.failure.set(null);
  }

  private async hand(id: string, link: Observable<DownloadLink>, mayStart: () => boolean): Promise<Handed> {
    this.asking.update((ids) => new Set(ids).add(id));
    this.failure.set(null);
    try {
      const given = await firstValueFrom(link, { defaultValue: null });
      this.failure.set(null);
      if (given === null) return 'given up';
      if (!mayStart()) return 'left';
      this.click(given.url);
      this.started.set(id);
      this.startedIds.update((ids) => new Set(ids).add(id));
      return 'started';
    } catch (error) {
      const failure = requestFailure(error);
      this.failure.set({ id, failure });
      return failure;
    } finally {
      this.asking.update((ids) => new Set([...ids].filter((other) => other !== id)));
    }
  }

  private link(id: string): Observable<DownloadLink> {
    return this.http.post<DownloadLink>(downloadLinkUrl(id), null, { timeout: ANSWER_TIMEOUT_MS });
  }

  /** The line is back, or somebody does not want to wait. */
  private better(): Observable<unknown> {
    const view = this.document.defaultView;
    return merge(this.now, ...(view === null ? [] : [fromEvent(view, 'online')]));
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
