import { Component, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, minLength, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Errand } from '../api/errand';
import { PASSWORD_URL } from '../api/routes';
import { ProblemFace } from '../faces/problem-face';

const LEAST_LENGTH = 8;

/** One's own password; the old one is asked for by the step-up dialog when it was not given lately. */
@Component({
  selector: 'app-password-change',
  imports: [FormField, FormRoot, MatButton, MatFormFieldModule, MatInput, ProblemFace],
  providers: [Errand],
  template: `
    <h2 i18n="section@@password.title">Mot de passe</h2>
    @if (errand.failure(); as failed) {
      <app-problem-face [failure]="failed" />
    }
    <form [formRoot]="fields">
      <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
        <mat-label i18n="@@password.new">Nouveau mot de passe</mat-label>
        <input matInput type="password" autocomplete="new-password" [formField]="fields.password" />
        @for (error of fields.password().errors(); track error.kind) {
          <mat-error>{{ error.message }}</mat-error>
        }
      </mat-form-field>
      <button matButton="outlined" type="submit" [disabled]="errand.busy()" disabledInteractive>
        <ng-container i18n="button@@password.change">Changer le mot de passe</ng-container>
      </button>
    </form>
    <p role="status" class="quiet">
      @if (changed()) {
        <ng-container i18n="@@password.changed">Mot de passe changé.</ng-container>
      }
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    form {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 12px;
    }
  `,
})
export class PasswordChange {
  protected readonly errand = inject(Errand);
  protected readonly changed = signal(false);
  protected readonly fields = form(
    signal({ password: '' }),
    (path) => {
      required(path.password, { message: $localize`:form error@@newUser.passwordMissing:Saisissez un mot de passe.` });
      minLength(path.password, LEAST_LENGTH, {
        message: $localize`:form error@@password.short:Au moins ${LEAST_LENGTH}:least: caractères.`,
      });
    },
    { submission: { action: () => this.change() } },
  );

  private async change(): Promise<undefined> {
    this.changed.set(false);
    if (await this.errand.done('POST', PASSWORD_URL, this.fields().value())) {
      this.changed.set(true);
      this.fields().reset({ password: '' });
    }
    return undefined;
  }
}
