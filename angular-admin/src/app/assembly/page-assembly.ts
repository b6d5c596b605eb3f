import {
  afterRenderEffect,
  ApplicationRef,
  ErrorHandler,
  inject,
  PendingTasks,
  Service,
  signal,
  untracked,
} from '@angular/core';

/**
 * Puts the first page together piece by piece: on a phone, code that runs for the first time takes so long that the
 * page in one go would hold up its clicks and keys for half a second. The splash covers it until it is there, and what
 * comes with the first answers of the API is still put in piece by piece; everything later comes in one go.
 */
@Service()
export class PageAssembly {
  private readonly application = inject(ApplicationRef);
  private readonly pending = inject(PendingTasks);
  private readonly errors = inject(ErrorHandler);
  private readonly waiting: (() => void)[] = [];
  private isPutting = false;
  private wasShown = false;
  private readonly first = signal(false);
  private readonly cover = signal(false);
  /** Whether this is the first page, on which something is still missing. */
  readonly underWay = this.first.asReadonly();
  /** Whether so much of it is missing that it is not shown yet. */
  readonly covered = this.cover.asReadonly();

  /** The first page begins; it is whole when nothing is to be fetched or rendered any more. */
  begin(): void {
    this.first.set(true);
    void this.application.whenStable().then(() => {
      this.first.set(false);
    });
  }

  /** Has the piece put in its place: in a task of its own, one after the other; at once when the first page is whole. */
  add(put: () => void): void {
    if (!untracked(this.first)) {
      put();
      return;
    }
    this.waiting.push(put);
    if (this.isPutting) return;
    this.isPutting = true;
    this.cover.set(!this.wasShown);
    this.putNext(this.pending.add());
  }

  private putNext(done: () => void): void {
    // Angular renders the piece in a task that it has asked for before this one.
    setTimeout(() => {
      const put = this.waiting.shift();
      if (put === undefined) {
        this.isPutting = false;
        this.wasShown = true;
        this.cover.set(false);
        done();
        return;
      }
      try {
        put();
      } catch (error) {
        // One piece that fails must not keep the others, and the splash before them.
        this.errors.handleError(error);
      }
      this.putNext(done);
    });
  }
}

/** Calls back once, when the page is shown; for what hidden elements can't do, like having the focus. */
export function whenShown(callback: () => void): void {
  const assembly = inject(PageAssembly);
  const effect = afterRenderEffect(() => {
    if (assembly.covered()) return;
    effect.destroy();
    untracked(callback);
  });
}
