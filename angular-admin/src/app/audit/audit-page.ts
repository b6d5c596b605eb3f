import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { listing } from '../api/listing';
import { AUDIT_URL } from '../api/routes';
import type { AuditPage as Page, AuditRecord } from '../api/types';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { Measures } from '../words/measures';
import { AuditFile } from './audit-file';
import { ACTION_WORDS, OUTCOME_WORDS } from './audit-words';

/** Who did what, newest first. */
@Component({
  selector: 'app-audit-page',
  imports: [EmptyFace, MatButton, ProblemFace, RouterLink],
  providers: [AuditFile],
  template: `
    <div class="screen-head">
      <div>
        <h1 i18n="page@@audit.title">Audit</h1>
        <p i18n="@@audit.intro">Qui a fait quoi, quand et d’où. Rien n’y est jamais modifié ni effacé.</p>
      </div>
      <button matButton="outlined" type="button" [disabled]="file.busy()" disabledInteractive (click)="file.save()">
        <ng-container i18n="button@@audit.save">Télécharger (NDJSON)</ng-container>
      </button>
    </div>
    @if (file.failure(); as failed) {
      <app-problem-face [failure]="failed" />
    }
    @if (page.items(); as known) {
      <ul class="rows">
        @for (record of known.items; track record.seq) {
          <li>
            <p class="what">{{ what(record) }}</p>
            <p class="known">
              <span class="figures">{{ show.instant(record.at) }}</span>
              <span>{{ record.actor?.email ?? unknown }}</span>
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
          <p i18n="@@audit.empty">Rien encore.</p>
        </app-empty-face>
      }
      <nav aria-label="Pages" i18n-aria-label="@@historyPage.pages">
        @if (cursor()) {
          <a matButton routerLink="/audit" i18n="link@@audit.newest">Les plus récents</a>
        }
        @if (known.nextCursor; as older) {
          <a matButton routerLink="/audit" [queryParams]="{ cursor: older }" i18n="button@@historyPage.older">
            Plus anciens
          </a>
        }
      </nav>
    } @else if (page.failure(); as failed) {
      <app-problem-face [failure]="failed" retryable (again)="page.reload()" />
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
  readonly cursor = input<string>();

  protected readonly show = inject(Measures);
  protected readonly file = inject(AuditFile);
  private readonly query = computed(() => {
    const cursor = this.cursor();
    return cursor === undefined ? '?limit=50' : `?limit=50&cursor=${encodeURIComponent(cursor)}`;
  });
  protected readonly page = listing<Page>(() => `${AUDIT_URL}${this.query()}`);
  protected readonly unknown = $localize`:nobody whom we know@@audit.unknown:inconnu`;

  protected what({ action, outcome }: AuditRecord): string {
    return `${ACTION_WORDS[action]} · ${OUTCOME_WORDS[outcome]}`;
  }
}
