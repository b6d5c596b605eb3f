import { Component, computed, inject, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import type { Database } from '../api/types';
import { failureWords } from '../words/failure-words';
import { Measures } from '../words/measures';

/** A database at a glance: name, where, version, size, and whether it answers. */
@Component({
  selector: 'app-database-facts',
  imports: [MatIcon],
  template: `
    <mat-icon svgIcon="database" class="mark" />
    <div>
      <h2>{{ database().name }}</h2>
      <ul>
        @if (database().serverVersion; as version) {
          <li i18n="@@database.version">PostgreSQL {{ version }}</li>
        }
        @if (database().sizeBytes !== null) {
          <li>{{ show.bytes(database().sizeBytes) }}</li>
        }
        <li class="where">{{ database().host }}:{{ database().port }}/{{ database().database }}</li>
      </ul>
      @if (database().reachable) {
        <p class="state">
          <mat-icon svgIcon="check_circle" /><ng-container i18n="@@database.reachable">Joignable</ng-container>
        </p>
      } @else {
        <p class="state bad">
          <mat-icon svgIcon="error" /><ng-container i18n="@@database.unreachable">Injoignable</ng-container>
        </p>
      }
      @if (problem(); as words) {
        <p class="problem">{{ words.what }} {{ words.next }}</p>
        <details>
          <summary i18n="what pg_dump said@@failure.details">Détails</summary>
          <p class="problem">{{ database().problem }}</p>
        </details>
      }
    </div>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 16px;
    }
    .mark {
      width: 48px;
      height: 48px;
      padding: 12px;
      border-radius: var(--mat-sys-corner-medium);
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
    }
    ul {
      display: flex;
      flex-wrap: wrap;
      column-gap: 16px;
      margin-top: 2px;
      list-style: none;
      color: var(--mat-sys-on-surface-variant);
    }
    .where,
    .problem {
      overflow-wrap: anywhere;
    }
    .state {
      display: flex;
      align-items: center;
      gap: 6px;
      margin-top: 8px;
      font: var(--mat-sys-label-large);
    }
    .state mat-icon {
      width: 18px;
      height: 18px;
      color: var(--mat-sys-primary);
    }
    .bad mat-icon {
      color: var(--mat-sys-error);
    }
    summary {
      width: fit-content;
      padding-block: 4px;
      border-radius: var(--mat-sys-corner-small);
      color: var(--mat-sys-primary);
      font: var(--mat-sys-label-large);
      cursor: pointer;
    }
    .problem {
      margin-top: 4px;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class DatabaseFacts {
  readonly database = input.required<Database>();
  protected readonly show = inject(Measures);
  /** Why it can't be exported, in the reader's language; the API's own words are the details. */
  protected readonly problem = computed(() => {
    const { problem, problemCode } = this.database();
    return problem === null ? null : failureWords(problemCode ?? 'internal');
  });
}
