import { Component, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, minLength, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Errand } from '../api/errand';
import { USERS_URL } from '../api/routes';
import type { Account, NewUser, Role } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { ROLE_WORDS } from '../words/export-words';

const LEAST_LENGTH = 8;

/** Makes an account with a first password, to be handed over. */
@Component({
  selector: 'app-new-user-dialog',
  imports: [FormField, FormRoot, MatButton, MatDialogModule, MatFormFieldModule, MatInput, ProblemFace],
  providers: [Errand],
  template: `
    <form [formRoot]="fields">
      <h2 mat-dialog-title i18n="@@newUser.title">Nouveau compte</h2>
      <mat-dialog-content class="dialog-fields">
        @if (errand.failure(); as failed) {
          <app-problem-face [failure]="failed" />
        }
        <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
          <mat-label i18n="@@signIn.email">Adresse e-mail</mat-label>
          <input matInput cdkFocusInitial type="email" autocomplete="off" [formField]="fields.email" />
          @for (error of fields.email().errors(); track error.kind) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
          <mat-label i18n="@@newUser.password">Premier mot de passe</mat-label>
          <input matInput type="password" autocomplete="new-password" [formField]="fields.password" />
          <mat-hint i18n="@@newUser.passwordHint">Au moins {{ least }} caractères, à remettre à la personne.</mat-hint>
          @for (error of fields.password().errors(); track error.kind) {
            <mat-error>{{ error.message }}</mat-error>
          }
        </mat-form-field>
        <mat-form-field appearance="outline" subscriptSizing="dynamic">
          <mat-label i18n="@@newUser.role">Rôle</mat-label>
          <select matNativeControl [formField]="fields.role">
            @for (role of roles; track role[0]) {
              <option [value]="role[0]">{{ role[1] }}</option>
            }
          </select>
          <mat-hint i18n="@@newUser.roleHint">
            L’exploitation suit les exports ; le super-administrateur peut tout.
          </mat-hint>
        </mat-form-field>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" [mat-dialog-close]="false" i18n="button@@dialog.no">Annuler</button>
        <button matButton="filled" type="submit" [disabled]="errand.busy()" disabledInteractive>
          <ng-container i18n="button@@newUser.create">Créer le compte</ng-container>
        </button>
      </mat-dialog-actions>
    </form>
  `,
})
export class NewUserDialog {
  private readonly dialog = inject<MatDialogRef<NewUserDialog, boolean>>(MatDialogRef);
  protected readonly errand = inject(Errand);
  protected readonly roles = Object.entries(ROLE_WORDS).reverse();
  protected readonly least = LEAST_LENGTH;

  protected readonly fields = form(
    signal<{ email: string; password: string; role: Role }>({ email: '', password: '', role: 'OPS' }),
    (path) => {
      required(path.email, { message: $localize`:form error@@newUser.emailMissing:Saisissez une adresse e-mail.` });
      required(path.password, { message: $localize`:form error@@newUser.passwordMissing:Saisissez un mot de passe.` });
      minLength(path.password, LEAST_LENGTH, {
        message: $localize`:form error@@password.short:Au moins ${LEAST_LENGTH}:least: caractères.`,
      });
    },
    { submission: { action: () => this.create() } },
  );

  private async create(): Promise<undefined> {
    const { email, password, role } = this.fields().value();
    const body: NewUser = { email: email.trim(), password, role };
    if ((await this.errand.run<Account>('POST', USERS_URL, body)) !== undefined) this.dialog.close(true);
    return undefined;
  }
}
