import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { listing } from '../api/listing';
import { AUDIT_URL } from '../api/routes';
import type { AuditPage as Page, AuditRecord } from '../api/types';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { FocusKeeper } from '../shell/focus-keeper';
import { Measures } from '../words/measures';
import { AuditFile } from './audit-file';
import { AuditFilters } from './audit-filters';
import { auditQuery, type AuditWish } from './audit-query';
import { ACTION_WORDS, OUTCOME_WORDS, VIA_WORDS } from './audit-words';

/** Who did what, newest first. */
@Component({
  selector: 'app-audit-page',
  hostDirectives: [FocusKeeper],
  imports: [AuditFilters, EmptyFace, MatButton, ProblemFace, RouterLink],
  providers: [AuditFile],
  template: `
    <div class="screen-head">
      <div>
        <h1 i18n="page@@audit.title">Audit</h1>
        <p i18n="@@audit.intro">Qui a fait quoi, quand et d’où. Rien n’y est jamais modifié ni effacé.</p>
      </div>
      <button
        matButton="outlined"
        type="button"
        [disabled]="file.busy()"
        disabledInteractive
        (click)="file.save(filters())"
      >
        <ng-container i18n="button@@audit.save">Télécharger (NDJSON)</ng-container>
      </button>
    </div>
    @if (file.failure(); as failed) {
      <app-problem-face [failure]="failed" />
    }
    <app-audit-filters [wish]="wish()" (chosen)="filter($event)" />
    @if (page.failure(); as failed) {
      <app-problem-face [failure]="failed" retryable (again)="page.reload()" />
    } @else if (page.items(); as known) {
      <ul class="rows">
        @for (record of known.items; track record.seq) {
          <li>
            <p class="what">{{ what(record) }}</p>
            <p class="known">
              <span class="figures">{{ show.instant(record.at) }}</span>
              <span>{{ who(record) }}</span>
              @if (record.address; as address) {
                <span>{{ address }}</span>
              }
              @if (record.target; as target) {
                <code>{{ target }}</code>
              }
            </p>
          </li>
        }
      </ul>
      @if (known.items.length === 0) {
        <app-empty-face icon="receipt_long">
          @if (filtered()) {
            <p i18n="@@audit.nothing">Rien ne correspond à ces filtres.</p>
          } @else {
            <p i18n="@@audit.empty">Rien encore.</p>
          }
        </app-empty-face>
      }
      <nav aria-label="Pages" i18n-aria-label="@@historyPage.pages">
        @if (cursor()) {
          <a
            matButton
            routerLink="/audit"
            [queryParams]="{ cursor: null }"
            [queryParamsHandling]="'merge'"
            i18n="link@@audit.newest"
          >
            Les plus récents
          </a>
        }
        @if (known.nextCursor; as older) {
          <a
            matButton
            routerLink="/audit"
            [queryParams]="{ cursor: older }"
            [queryParamsHandling]="'merge'"
            i18n="button@@historyPage.older"
          >
            Plus anciens
          </a>
        }
      </nav>
    } @else {
      <p class="quiet" role="status" i18n="@@audit.loading">Lecture du journal…</p>
    }
  `,
  styles: `
    nav {
      display: flex;
      justify-content: flex-end;
      gap: 8px;
      margin-top: 16px;
    }
    .rows > li {
      padding-block: 8px;
    }
  `,
})
export class AuditPage {
  /** The address's query. */
  readonly action = input<string>();
  readonly outcome = input<string>();
  readonly actor = input<string>();
  readonly from = input<string>();
  readonly to = input<string>();
  readonly cursor = input<string>();

  protected readonly show = inject(Measures);
  protected readonly file = inject(AuditFile);
  private readonly router = inject(Router);
  protected readonly wish = computed<AuditWish>(() => ({
    action: this.action(),
    outcome: this.outcome(),
    actor: this.actor(),
    from: this.from(),
    to: this.to(),
  }));
  protected readonly filters = computed(() => auditQuery(this.wish()));
  protected readonly filtered = computed(() => Object.keys(this.filters()).length > 0);
  private readonly query = computed(() => {
    const cursor = this.cursor();
    const query = { limit: '50', ...this.filters(), ...(cursor !== undefined && { cursor }) };
    return new URLSearchParams(query).toString();
  });
  protected readonly page = listing<Page>(() => `${AUDIT_URL}?${this.query()}`);

  /** The address holds what was chosen, from its first page on. */
  protected filter(chosen: AuditWish): void {
    const given = Object.entries(chosen).map(([name, word]) => [name, word === '' ? null : word] as const);
    const queryParams = { ...Object.fromEntries(given), cursor: null };
    // A date is given digit by digit: each of them would be a step back.
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected who({ actor }: AuditRecord): string {
    return actor === null ? VIA_WORDS.nobody : (actor.email ?? VIA_WORDS[actor.via]);
  }

  protected what({ action, outcome }: AuditRecord): string {
    return `${ACTION_WORDS[action]} · ${OUTCOME_WORDS[outcome]}`;
  }
}
