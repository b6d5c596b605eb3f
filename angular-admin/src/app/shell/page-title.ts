import { computed, effect, inject, Service, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** The document's title: the running export's percentage first, so that a background tab tells it. */
@Service()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly page = signal<string | undefined>(undefined);
  /** What is going on, in a word; null when nothing is. */
  readonly activity = signal<string | null>(null);
  private readonly text = computed(() =>
    [this.activity(), this.page(), 'pg-export'].filter((part) => part).join(' · '),
  );

  constructor() {
    super();
    effect(() => {
      this.title.setTitle(this.text());
    });
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page.set(this.buildTitle(snapshot));
  }
}
