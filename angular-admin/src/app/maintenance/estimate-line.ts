import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { lastHeard } from '../api/last-heard';
import { ANSWER_TIMEOUT_MS } from '../api/request-failure';
import { ESTIMATE_URL } from '../api/routes';
import type { Estimate, ExportWish } from '../api/types';
import { Measures } from '../words/measures';

/** Options change letter by letter; the API is asked once they rest. */
const REST_MS = 400;

/** What an export would take, before it is asked for. Where it cannot be known, nothing is said. */
@Component({
  selector: 'app-estimate-line',
  imports: [MatIcon],
  template: `
    @if (estimate(); as known) {
      @if (known.fits) {
        <p i18n="size, duration and free space of the next export@@estimate.words">
          Estimation : fichier d’environ {{ show.bytes(known.estimatedFileBytes) }}, {{ time() }},
          {{ show.bytes(known.freeBytes) }} libres
        </p>
      } @else {
        <p class="bad" role="alert">
          <mat-icon svgIcon="error" />
          <span i18n="the next export is too big@@estimate.tooBig">
            Ne tiendra pas : environ {{ show.bytes(known.estimatedFileBytes) }} nécessaires,
            {{ show.bytes(known.freeBytes) }} libres. Libérez de l’espace ou réduisez le contenu.
          </span>
        </p>
      }
    }
  `,
  styles: `
    :host {
      min-height: 20px;
    }
    p {
      color: var(--mat-sys-on-surface-variant);
    }
    .bad {
      display: flex;
      gap: 8px;
      color: var(--mat-sys-error);
    }
    mat-icon {
      flex: none;
      width: 20px;
      height: 20px;
    }
  `,
})
export class EstimateLine {
  readonly wish = input.required<ExportWish>();
  /** Changes when room and sizes may have. */
  readonly version = input<unknown>();

  protected readonly show = inject(Measures);
  private readonly asked = signal<ExportWish | null>(null);
  private readonly answer = httpResource<Estimate>(() => {
    const body = this.asked();
    return body === null ? undefined : { url: ESTIMATE_URL, method: 'POST', body, timeout: ANSWER_TIMEOUT_MS };
  });
  /** A failure is an answer too: that there is no estimate. */
  private readonly heard = lastHeard(
    () => this.wish().database,
    (): { estimate: Estimate | null } | null => {
      if (this.asked()?.database !== this.wish().database) return null;
      if (this.answer.hasValue()) return { estimate: this.answer.value() };
      return this.answer.error() === undefined ? null : { estimate: null };
    },
  );
  protected readonly estimate = computed(() => this.heard()?.estimate ?? null);
  protected readonly time = computed(() => {
    const seconds = this.estimate()?.estimatedSeconds;
    if (seconds == null) return $localize`:duration of the next export@@estimate.timeUnknown:durée encore inconnue`;
    return $localize`:duration of the next export@@estimate.time:environ ${this.show.duration(seconds)}:duration:`;
  });

  constructor() {
    effect((onCleanup) => {
      const wish = this.wish();
      this.version();
      const wait = untracked(this.asked) === null ? 0 : REST_MS;
      const timer = setTimeout(() => {
        this.asked.set({ ...wish });
      }, wait);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }
}
