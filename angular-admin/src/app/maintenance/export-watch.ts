import { HttpClient, HttpHeaders, HttpResponse } from '@angular/common/http';
import { DestroyRef, DOCUMENT, inject, Service, signal } from '@angular/core';
import type { Subscription } from 'rxjs';
import { ANSWER_TIMEOUT_MS, backOff, mayPass, RequestFailure, requestFailure } from '../api/request-failure';
import { exportUrl } from '../api/routes';
import type { Export } from '../api/types';
import { isActive } from '../words/export-words';

/** How long the API may keep a question open until there is news (RFC 7240 `Prefer: wait`). */
const WAIT_SECONDS = 20;
/** News come at most once a second. Nobody looks at a hidden page, but its download must still start: slower, never off. */
const NEXT_MS = 1_000;
const HIDDEN_NEXT_MS = 5_000;
/** Longest pause between two questions when something on the way answers "no news" without waiting. */
const LONGEST_PAUSE_MS = 8_000;

/**
 * Follows one export until it is over by questions that wait for news. Where a proxy does not let them wait, it asks
 * again with a growing pause; a lost connection, a restarted API and a laptop that slept are got over.
 */
@Service({ autoProvided: false })
export class ExportWatch {
  private readonly http = inject(HttpClient);
  private readonly document = inject(DOCUMENT);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private etag: string | null = null;
  private lost = 0;
  private pause = NEXT_MS;
  private asking: Subscription | undefined;
  /** Whether the page is gone: an answer that comes late must not start following again. */
  private over = false;
  /** What was followed last: it can be asked for again also when nothing was ever heard of it. */
  private last: string | undefined;

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
    this.last = id;
    this.following.set(id);
    this.askIn(known === null ? 0 : NEXT_MS);
  }

  /** Asks at once, because something may have been done to the export; a finished file can expire or be deleted. */
  refresh(): void {
    const id = this.last;
    if (id === undefined || this.over) return;
    this.failure.set(null);
    this.following.set(id);
    this.askIn(0);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.asking?.unsubscribe();
    this.lost = 0;
    this.connectionLost.set(false);
    this.following.set(null);
  }

  private askIn(delay: number): void {
    clearTimeout(this.timer);
    // A connection that slept with the laptop would keep its question for ever.
    this.asking?.unsubscribe();
    this.timer = setTimeout(() => {
      this.ask();
    }, delay);
  }

  private ask(): void {
    const id = this.following();
    if (id === null) return;
    const asked = Date.now();
    const headers =
      this.etag === null
        ? new HttpHeaders()
        : new HttpHeaders({ 'If-None-Match': this.etag, Prefer: `wait=${String(WAIT_SECONDS)}` });
    const timeout = ANSWER_TIMEOUT_MS + (this.etag === null ? 0 : WAIT_SECONDS * 1_000);
    this.asking = this.http.get<Export>(exportUrl(id), { headers, observe: 'response', timeout }).subscribe({
      next: (response) => {
        this.hear(response);
      },
      error: (error: unknown) => {
        this.miss(requestFailure(error), Date.now() - asked);
      },
    });
  }

  private hear(response: HttpResponse<Export>): void {
    this.etag = response.headers.get('ETag');
    const served = Date.parse(response.headers.get('Date') ?? '');
    if (!Number.isNaN(served)) this.clockOffset.set(served - Date.now());
    this.current.set(response.body);
    this.pause = NEXT_MS;
    this.goOn();
  }

  private miss(failure: RequestFailure, waitedMs: number): void {
    if (failure.status === 304) {
      this.pause = waitedMs > NEXT_MS ? NEXT_MS : Math.min(this.pause * 1.5, LONGEST_PAUSE_MS);
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
    if (current === null || !isActive(current)) this.stop();
    else this.askIn(this.document.hidden ? Math.max(HIDDEN_NEXT_MS, this.pause) : this.pause);
  }
}
