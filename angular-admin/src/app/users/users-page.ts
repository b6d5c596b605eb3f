import { Component, inject, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatIcon } from '@angular/material/icon';
import { MatMenuModule } from '@angular/material/menu';
import { firstValueFrom } from 'rxjs';
import { Errand } from '../api/errand';
import { listing } from '../api/listing';
import { resetPasswordUrl, resetTotpUrl, USERS_URL, userUrl } from '../api/routes';
import type { Account, NewPassword, Role, UserChange } from '../api/types';
import { Confirmation } from '../dialogs/confirm-dialog';
import { ProblemFace } from '../faces/problem-face';
import { CopyField } from '../maintenance/copy-field';
import { Session } from '../session/session';
import { FocusKeeper } from '../shell/focus-keeper';
import { ROLE_WORDS } from '../words/export-words';
import { NewUserDialog } from './new-user-dialog';

/** Who may come in, and as what. */
@Component({
  selector: 'app-users-page',
  imports: [CopyField, MatButton, MatIcon, MatIconButton, MatMenuModule, ProblemFace],
  providers: [Errand],
  hostDirectives: [FocusKeeper],
  templateUrl: './users-page.html',
})
export class UsersPage {
  private readonly dialog = inject(MatDialog);
  private readonly confirmation = inject(Confirmation);
  private readonly session = inject(Session);
  protected readonly errand = inject(Errand);
  protected readonly users = listing<Account[]>(() => USERS_URL);
  /** The password that was just made, until the page is left. */
  protected readonly given = signal<{ readonly email: string; readonly password: string } | null>(null);
  protected readonly copyGiven = $localize`:button@@users.copyGiven:Copier le mot de passe`;
  protected readonly roleWords = ROLE_WORDS;

  protected isSelf({ id }: Account): boolean {
    return id === this.session.user()?.id;
  }

  protected otherRole({ role }: Account): Role {
    return role === 'OPS' ? 'SUPER_ADMIN' : 'OPS';
  }

  protected roleOffer(account: Account): string {
    const word = ROLE_WORDS[this.otherRole(account)];
    return $localize`:action@@users.makeRole:Passer au rôle « ${word}:role: »`;
  }

  protected menuLabel({ email }: Account): string {
    return $localize`:button@@users.menu:Actions pour ${email}:email:`;
  }

  protected async create(): Promise<void> {
    const opened = this.dialog.open<NewUserDialog, undefined, boolean>(NewUserDialog);
    if ((await firstValueFrom(opened.afterClosed())) === true) this.users.reload();
  }

  protected async change({ id }: Account, change: UserChange): Promise<void> {
    if (await this.errand.done('PATCH', userUrl(id), change)) this.users.reload();
  }

  protected async disable(account: Account): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@users.disableTitle:Désactiver ${account.email}:email: ?`,
      words: $localize`:@@users.disableWords:Ses sessions, ses jetons et ses liens cessent aussitôt. Le compte peut être réactivé.`,
      no: $localize`:@@users.disableNo:Laisser actif`,
      yes: $localize`:@@users.disableYes:Désactiver`,
    });
    if (meant) await this.change(account, { disabled: true });
  }

  protected async resetPassword({ id, email }: Account): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@users.passwordTitle:Donner un nouveau mot de passe à ${email}:email: ?`,
      words: $localize`:@@users.passwordWords:L’ancien ne vaudra plus, et ses sessions se terminent. Le nouveau est affiché une fois.`,
      no: $localize`:@@users.passwordNo:Garder l’ancien`,
      yes: $localize`:@@users.passwordYes:En donner un nouveau`,
    });
    if (!meant) return;
    const answer = await this.errand.run<NewPassword>('POST', resetPasswordUrl(id));
    if (answer !== undefined) this.given.set({ email, password: answer.password });
  }

  protected givenLabel(email: string): string {
    return $localize`:secret@@users.given:Nouveau mot de passe de ${email}:email:, affiché cette seule fois`;
  }

  protected async resetTotp({ id, email }: Account): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@users.totpTitle:Retirer le second facteur de ${email}:email: ?`,
      words: $localize`:@@users.totpWords:Pour un téléphone perdu : la connexion ne demandera plus que le mot de passe, et ses sessions se terminent.`,
      no: $localize`:@@users.totpNo:Le garder`,
      yes: $localize`:@@users.totpYes:Retirer`,
    });
    if (meant) await this.errand.done('POST', resetTotpUrl(id));
  }
}
