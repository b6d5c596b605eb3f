import { HttpClient, HttpHeaders, HttpResponse } from '@angular/common/http';
import { DestroyRef, DOCUMENT, inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ANSWER_TIMEOUT_MS, backOff, mayPass, RequestFailure, requestFailure } from '../api/request-failure';
import { exportUrl } from '../api/routes';
import type { Export } from '../api/types';
import { isActive } from '../words/export-words';

const POLL_MS = 1_000;
/** Nobody looks, but the download must still start: slower, never off. */
const HIDDEN_POLL_MS = 5_000;

/** Follows one export until it is over, through lost connections and sleeping laptops. */
@Service({ autoProvided: false })
export class ExportWatch {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private etag: string | null = null;
  private lost = 0;
  /** Whether the page is gone: an answer that comes late must not start following again. */
  private over = false;
  /** Counts what was followed, so that an answer about the one before is not taken for this one's. */
  private round = 0;

  /** The export as last heard of; it stays after its end. */
  readonly current = signal<Export | null>(null);
  /** The export that is polled; null when none is. */
  readonly following = signal<string | null>(null);
  readonly connectionLost = signal(false);
  /** Why following ended before the export did. */
  readonly failure = signal<RequestFailure | null>(null);
  /** The server's clock minus this one's, in milliseconds. */
  readonly clockOffset = signal(0);

  constructor() {
    const wake = (): void => {
      if (this.following() !== null && !this.document.hidden) this.askIn(0);
    };
    this.document.addEventListener('visibilitychange', wake);
    this.document.defaultView?.addEventListener('online', wake);
    inject(DestroyRef).onDestroy(() => {
      this.over = true;
      this.stop();
      this.document.removeEventListener('visibilitychange', wake);
      this.document.defaultView?.removeEventListener('online', wake);
    });
  }

  follow(id: string, known: Export | null = null): void {
    if (this.over || this.following() === id) return;
    this.stop();
    this.current.set(known);
    this.failure.set(null);
    this.etag = null;
    this.following.set(id);
    this.askIn(known === null ? 0 : POLL_MS);
  }

  /** Asks at once, because something was just done to the export. */
  refresh(): void {
    if (this.following() !== null) this.askIn(0);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.round++;
    this.lost = 0;
    this.connectionLost.set(false);
    this.following.set(null);
  }

  private askIn(delay: number): void {
    clearTimeout(this.timer);
    this.round++;
    this.timer = setTimeout(() => void this.ask(), delay);
  }

  private async ask(): Promise<void> {
    const id = this.following();
    if (id === null) return;
    const round = this.round;
    const headers = this.etag === null ? new HttpHeaders() : new HttpHeaders({ 'If-None-Match': this.etag });
    const request = this.http.get<Export>(exportUrl(id), { headers, observe: 'response', timeout: ANSWER_TIMEOUT_MS });
    try {
      const response = await firstValueFrom(request);
      if (round === this.round) this.hear(response);
    } catch (error) {
      if (round === this.round) this.miss(requestFailure(error));
    }
  }

  private hear(response: HttpResponse<Export>): void {
    this.etag = response.headers.get('ETag');
    const served = Date.parse(response.headers.get('Date') ?? '');
    if (!Number.isNaN(served)) this.clockOffset.set(served - Date.now());
    this.current.set(response.body);
    this.goOn();
  }

  private miss(failure: RequestFailure): void {
    if (failure.status === 304) {
      this.goOn();
    } else if (mayPass(failure)) {
      this.connectionLost.set(true);
      this.askIn(backOff(++this.lost));
    } else {
      this.stop();
      this.failure.set(failure);
    }
  }

  private goOn(): void {
    this.lost = 0;
    this.connectionLost.set(false);
    const current = this.current();
    if (current !== null && isActive(current)) this.askIn(this.document.hidden ? HIDDEN_POLL_MS : POLL_MS);
    else this.stop();
  }
}
