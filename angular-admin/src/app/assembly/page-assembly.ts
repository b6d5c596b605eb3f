import {
  afterRenderEffect,
  ApplicationRef,
  computed,
  DOCUMENT,
  ErrorHandler,
  inject,
  PendingTasks,
  Service,
  signal,
  untracked,
} from '@angular/core';
import { NavigationEnd, NavigationError, NavigationStart, Router } from '@angular/router';
import { filter, skipUntil, take } from 'rxjs';

/**
 * Puts the first page together piece by piece: on a phone, code that runs for the first time takes so long that the
 * page in one go would hold up its clicks and keys for half a second. The splash covers it until it is there, and what
 * comes with the first answers of the API is still put in piece by piece; everything later comes in one go.
 */
@Service()
export class PageAssembly {
  private readonly application = inject(ApplicationRef);
  private readonly document = inject(DOCUMENT);
  private readonly errors = inject(ErrorHandler);
  private readonly pending = inject(PendingTasks);
  private readonly router = inject(Router);
  private readonly waiting: (() => void)[] = [];
  private inPieces = false;
  private readonly isMissing = signal(false);
  private readonly wasShown = signal(false);
  /** Whether pieces wait for their turn. */
  readonly missing = this.isMissing.asReadonly();
  /** Whether so many do that the page is not shown yet. */
  readonly covered = computed(() => this.missing() && !this.wasShown());

  /** The first page begins. It ends when nothing is to be fetched or rendered any more, or with the next page. */
  begin(): void {
    this.inPieces = true;
    const end = (): void => {
      this.inPieces = false;
    };
    const { events } = this.router;
    const arrival = events.pipe(
      filter((event) => event instanceof NavigationEnd || event instanceof NavigationError),
      take(1),
    );
    const departure = events.pipe(
      skipUntil(arrival),
      filter((event) => event instanceof NavigationStart),
      take(1),
    );
    arrival.subscribe(this.pending.add());
    departure.subscribe(end);
    void this.application.whenStable().then(end);
  }

  /** Has the piece put in its place: on the first page in a task of its own, one after the other; else at once. */
  add(put: () => void): void {
    if (!this.inPieces) {
      put();
      return;
    }
    this.waiting.push(put);
    if (untracked(this.isMissing)) return;
    this.isMissing.set(true);
    this.putNext(this.pending.add());
  }

  private putNext(done: () => void): void {
    // Angular renders the piece in a task that it has asked for before this one.
    setTimeout(() => {
      // Nobody waits for a page in the background, whose timers come once a second.
      const turn = this.document.hidden ? this.waiting.length : 1;
      const pieces = this.waiting.splice(0, turn);
      pieces.forEach((put) => {
        this.tryTo(put);
      });
      if (pieces.length > 0) {
        this.putNext(done);
        return;
      }
      this.isMissing.set(false);
      this.wasShown.set(true);
      done();
    });
  }

  /** One piece that fails must not keep the others, and the splash before them. */
  private tryTo(put: () => void): void {
    try {
      put();
    } catch (error) {
      this.errors.handleError(error);
    }
  }
}

/** Calls back once, when the page is whole and shown: hidden elements, for one, can't have the focus. */
export function whenWhole(callback: () => void): void {
  const assembly = inject(PageAssembly);
  const effect = afterRenderEffect(() => {
    if (assembly.missing()) return;
    effect.destroy();
    untracked(callback);
  });
}
