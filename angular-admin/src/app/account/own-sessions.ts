import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Errand } from '../api/errand';
import { listing } from '../api/listing';
import { sessionUrl, SESSIONS_URL } from '../api/routes';
import type { OwnSession } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { FocusKeeper } from '../shell/focus-keeper';
import { Measures } from '../words/measures';

/** Where one is signed in, and the way to end it elsewhere. */
@Component({
  selector: 'app-own-sessions',
  hostDirectives: [FocusKeeper],
  imports: [MatButton, ProblemFace],
  providers: [Errand],
  template: `
    <h2 i18n="section@@sessions.title">Sessions</h2>
    @if (errand.failure(); as failed) {
      <app-problem-face [failure]="failed" />
    }
    @if (sessions.items(); as list) {
      <ul class="rows">
        @for (session of list; track session.id) {
          <li>
            <p class="what" i18n="@@sessions.since">Depuis le {{ show.instant(session.createdAt) }}</p>
            <p class="known">
              <span i18n="@@sessions.last">Dernière activité le {{ show.instant(session.refreshedAt) }}</span>
              @if (session.current) {
                <span i18n="@@sessions.current">Celle-ci</span>
              }
            </p>
            @if (!session.current) {
              <div class="acts">
                <button matButton type="button" [attr.aria-label]="endLabel(session)" (click)="end(session)">
                  <ng-container i18n="button@@sessions.end">Terminer</ng-container>
                </button>
              </div>
            }
          </li>
        }
      </ul>
    } @else if (sessions.failure(); as failed) {
      <app-problem-face [failure]="failed" retryable (again)="sessions.reload()" />
    } @else {
      <p class="quiet" role="status" i18n="@@totp.loading">Lecture…</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
  `,
})
export class OwnSessions {
  protected readonly show = inject(Measures);
  protected readonly errand = inject(Errand);
  protected readonly sessions = listing<OwnSession[]>(() => SESSIONS_URL);

  protected endLabel({ createdAt }: OwnSession): string {
    const when = this.show.instant(createdAt);
    return $localize`:button@@sessions.endLabel:Terminer la session du ${when}:date:`;
  }

  protected async end({ id }: OwnSession): Promise<void> {
    if (await this.errand.done('DELETE', sessionUrl(id))) this.sessions.reload();
  }
}
