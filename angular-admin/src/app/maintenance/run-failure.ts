import { Component, computed, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import type { Export } from '../api/types';
import { failureWords } from '../words/failure-words';

/** An export that failed, or whose file was lost: what happened, what to do, and pg_dump's own words for who wants them. */
@Component({
  selector: 'app-run-failure',
  imports: [MatIcon],
  template: `
    <div class="head" role="alert">
      <mat-icon svgIcon="error" />
      <div>
        <h3>{{ words().what }}</h3>
        <p>{{ words().next }}</p>
      </div>
    </div>
    @if (details(); as text) {
      <details>
        <summary i18n="what pg_dump said@@failure.details">Détails</summary>
        <pre tabindex="0">{{ text }}</pre>
      </details>
    }
    <p class="reference" i18n="identifier of an export@@failure.reference">
      Export n° <code>{{ run().id }}</code>
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    .head {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 12px;
    }
    .head mat-icon {
      color: var(--mat-sys-error);
    }
    .head p {
      margin-top: 4px;
      color: var(--mat-sys-on-surface-variant);
    }
    summary {
      width: fit-content;
      padding-block: 4px;
      border-radius: var(--mat-sys-corner-small);
      font: var(--mat-sys-label-large);
      color: var(--mat-sys-primary);
      cursor: pointer;
    }
    pre {
      max-height: 240px;
      margin: 8px 0 0;
      padding: 12px;
      overflow: auto;
      border-radius: var(--mat-sys-corner-small);
      background: var(--mat-sys-surface-container);
      font-size: 13px;
      line-height: 20px;
      white-space: pre-wrap;
      overflow-wrap: anywhere;
    }
    .reference {
      font: var(--mat-sys-body-small);
      color: var(--mat-sys-on-surface-variant);
      overflow-wrap: anywhere;
    }
  `,
})
export class RunFailure {
  readonly run = input.required<Export>();
  protected readonly words = computed(() => failureWords(this.run().error?.code ?? 'internal'));
  protected readonly details = computed(() => {
    const error = this.run().error;
    return [error?.message, error?.detail].filter((part) => part).join('\n\n');
  });
}
