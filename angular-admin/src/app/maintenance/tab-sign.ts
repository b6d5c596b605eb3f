import { computed, effect, inject, Service, signal } from '@angular/core';
import type { Export } from '../api/types';
import { PageTitle } from '../shell/page-title';
import { TabIcon } from '../shell/tab-icon';
import { isActive, STATUS_WORDS } from '../words/export-words';
import { Measures } from '../words/measures';
import { Delivery } from './delivery';

/** Says in the tab's title and icon how far the export is: the one on the screen, else the one this tab waits for. */
@Service()
export class TabSign {
  private readonly delivery = inject(Delivery);
  private readonly title = inject(PageTitle);
  private readonly icon = inject(TabIcon);
  private readonly measures = inject(Measures);

  /** The export that a screen shows; null when none does. */
  readonly onScreen = signal<Export | null>(null);
  private readonly run = computed(() => {
    const shown = this.onScreen();
    if (shown !== null && isActive(shown)) return shown;
    const active = this.delivery.runs().filter(isActive);
    return active.find(({ status }) => status === 'running') ?? active[0];
  });

  constructor() {
    effect(() => {
      const run = this.run();
      this.title.activity.set(run ? this.words(run) : null);
      this.icon.progress.set(run ? run.progress.percent : null);
    });
  }

  private words({ status, progress }: Export): string {
    return status === 'queued' ? STATUS_WORDS.queued.word : this.measures.percent(progress.percent, 0);
  }
}
