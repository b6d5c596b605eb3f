import { Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { Errand } from '../api/errand';
import { listing } from '../api/listing';
import { TOKENS_URL, tokenUrl } from '../api/routes';
import type { Token } from '../api/types';
import { Confirmation } from '../dialogs/confirm-dialog';
import { EmptyFace } from '../faces/empty-face';
import { ProblemFace } from '../faces/problem-face';
import { FocusKeeper } from '../shell/focus-keeper';
import { Measures } from '../words/measures';
import { NewTokenDialog } from './new-token-dialog';

/** The keys that scripts use. */
@Component({
  selector: 'app-tokens-page',
  hostDirectives: [FocusKeeper],
  imports: [EmptyFace, MatButton, ProblemFace],
  providers: [Errand],
  template: `
    <div class="screen-head">
      <div>
        <h1 i18n="page@@tokens.title">Jetons d’API</h1>
        <p i18n="@@tokens.intro">
          Pour les scripts, à la place d’une personne. Un jeton n’a jamais plus de droits que le compte qui l’a créé.
        </p>
      </div>
      <button matButton="filled" type="button" (click)="create()" i18n="button@@tokens.new">Nouveau jeton</button>
    </div>
    @if (errand.failure(); as failed) {
      <app-problem-face [failure]="failed" />
    }
    @if (tokens.items(); as list) {
      <ul class="rows">
        @for (token of list; track token.id) {
          <li>
            <p class="what">{{ token.name }}</p>
            <p class="known">
              <span>{{ token.scopes.join(', ') }}</span>
              @if (token.expiresAt; as expiry) {
                <span i18n="@@tokens.expires">Expire le {{ show.instant(expiry) }}</span>
              } @else {
                <span i18n="@@tokens.forever">N’expire pas</span>
              }
              @if (token.lastUsedAt; as used) {
                <span i18n="@@tokens.used">Utilisé le {{ show.instant(used) }}</span>
              } @else {
                <span i18n="@@tokens.unused">Jamais utilisé</span>
              }
              @if (token.allowedCidrs; as ranges) {
                <span i18n="@@tokens.ranges">Depuis {{ ranges.join(', ') }}</span>
              }
              <span i18n="@@tokens.by">Créé par {{ token.createdBy.email }}</span>
            </p>
            <div class="acts">
              <button matButton type="button" [attr.aria-label]="revokeLabel(token)" (click)="revoke(token)">
                <ng-container i18n="button@@tokens.revoke">Révoquer</ng-container>
              </button>
            </div>
          </li>
        }
      </ul>
      @if (list.length === 0) {
        <app-empty-face icon="key">
          <p i18n="@@tokens.empty">Aucun jeton : aucun script n’a accès.</p>
        </app-empty-face>
      }
    } @else if (tokens.failure(); as failed) {
      <app-problem-face [failure]="failed" retryable (again)="tokens.reload()" />
    } @else {
      <p class="quiet" role="status" i18n="@@tokens.loading">Lecture des jetons…</p>
    }
  `,
})
export class TokensPage {
  private readonly dialog = inject(MatDialog);
  private readonly confirmation = inject(Confirmation);
  protected readonly show = inject(Measures);
  protected readonly errand = inject(Errand);
  protected readonly tokens = listing<Token[]>(() => TOKENS_URL);

  protected async create(): Promise<void> {
    const opened = this.dialog.open<NewTokenDialog, undefined, boolean>(NewTokenDialog);
    if ((await firstValueFrom(opened.afterClosed())) === true) this.tokens.reload();
  }

  protected async revoke(token: Token): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@tokens.revokeTitle:Révoquer « ${token.name}:name: » ?`,
      words: $localize`:@@tokens.revokeWords:Les scripts qui l’utilisent seront refusés dès leur prochaine requête.`,
      no: $localize`:@@tokens.revokeNo:Garder le jeton`,
      yes: $localize`:@@tokens.revokeYes:Révoquer`,
    });
    if (meant && (await this.errand.done('DELETE', tokenUrl(token.id)))) this.tokens.reload();
  }

  protected revokeLabel({ name }: Token): string {
    return $localize`:button@@tokens.revokeLabel:Révoquer le jeton ${name}:name:`;
  }
}
