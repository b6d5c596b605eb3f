import { httpResource } from '@angular/common/http';
import { Component, computed, effect, inject, input, untracked } from '@angular/core';
import { lastHeard } from '../../api/last-heard';
import { EXPORTS_URL } from '../../api/routes';
import type { ExportPage } from '../../api/types';
import { Measures } from '../../words/measures';
import { jumpOf, pacedAlike, pastRuns } from './past-runs';
import { SparkBars } from './spark-bars';

const LOOKED_AT = 40;
const SHOWN = 24;

/** Size and duration of the past exports of a database, so that a sudden jump is seen. */
@Component({
  selector: 'app-export-trend',
  imports: [SparkBars],
  template: `
    @for (row of rows(); track row.title) {
      <figure>
        <figcaption>
          <span class="title">{{ row.title }}</span>
          <span class="value figures">{{ row.last }}</span>
          @if (row.jump; as jump) {
            <span class="jump">{{ jump }}</span>
          }
        </figcaption>
        <app-spark-bars [values]="row.values" [label]="row.label" [jump]="row.jump !== null" />
      </figure>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 16px 48px;
    }
    :host:empty {
      display: none;
    }
    figure {
      display: grid;
      gap: 6px;
      margin: 0;
    }
    figcaption {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      column-gap: 8px;
    }
    .title {
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-label-medium);
    }
    .value {
      font: var(--mat-sys-title-small);
    }
    .jump {
      color: var(--mat-sys-error);
      font: var(--mat-sys-label-medium);
    }
  `,
})
export class ExportTrend {
  readonly database = input.required<string>();
  /** Changes when there may be one more past export. */
  readonly version = input<unknown>();

  private readonly show = inject(Measures);
  private readonly page = httpResource<ExportPage>(() => ({
    url: EXPORTS_URL,
    params: { database: this.database(), limit: LOOKED_AT },
  }));
  private readonly heard = lastHeard(this.database, () => (this.page.hasValue() ? this.page.value().items : null));
  protected readonly runs = computed(() => pastRuns(this.heard() ?? []).slice(-SHOWN));
  /** One export alone, or none that is comparable, makes no picture. */
  protected readonly rows = computed(() => this.allRows().filter(({ values }) => values.length > 1));
  private readonly allRows = computed(() => [
    this.row(
      $localize`:of a file@@trend.size:Taille du fichier`,
      this.runs().map(({ sizeBytes }) => sizeBytes),
      (value) => this.show.bytes(value),
    ),
    this.row(
      $localize`:of an export@@trend.duration:Durée`,
      pacedAlike(this.runs()).map(({ seconds }) => seconds),
      (value) => this.show.duration(value),
    ),
  ]);

  constructor() {
    effect(() => {
      this.version();
      untracked(() => {
        if (!this.page.isLoading()) this.page.reload();
      });
    });
  }

  private row(title: string, values: readonly number[], write: (value: number) => string) {
    const change = jumpOf(values);
    const last = write(values.at(-1) ?? 0);
    const [least, most] = [write(Math.min(...values)), write(Math.max(...values))];
    return {
      title,
      values,
      last,
      jump: change === null ? null : this.jumpWords(change),
      label: $localize`:picture of past exports@@trend.label:${title}:title: des ${values.length}:count: derniers exports comparables : de ${least}:least: à ${most}:most:, le dernier ${last}:last:`,
    };
  }

  private jumpWords(change: number): string {
    const share = this.show.change(change);
    return $localize`:the last export is out of line@@trend.jump:${share}:share: par rapport à l’habitude`;
  }
}
