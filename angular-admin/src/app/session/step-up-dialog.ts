import { HttpClient } from '@angular/common/http';
import {
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  Injector,
  signal,
  viewChild,
} from '@angular/core';
import { form, FormField, FormRoot, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatDialog, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { listing } from '../api/listing';
import { RequestFailure, requestFailure } from '../api/request-failure';
import { ME_URL, STEP_UP_URL } from '../api/routes';
import type { Me } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { freshKey } from '../fresh-key';
import { FocusKeeper } from '../shell/focus-keeper';
import { signInAddress } from './guards';
import { ProviderLink } from './provider-link';
import { Session } from './session';
import { hearStepUp, steppedUpPath } from './step-up-window';

/** Asks for the password (and the code of the second factor, once it is known to be needed) before something sensitive. */
@Component({
  selector: 'app-step-up-dialog',
  imports: [
    FocusKeeper,
    FormField,
    FormRoot,
    MatButton,
    MatDialogModule,
    MatFormFieldModule,
    MatInput,
    ProblemFace,
    ProviderLink,
  ],
  template: `
    <form [formRoot]="fields" appFocusKeeper>
      <h2 mat-dialog-title i18n="@@stepUp.title">Confirmez que c’est vous</h2>
      <mat-dialog-content class="dialog-fields">
        @if (me.failure(); as failed) {
          <app-problem-face [failure]="failed" retryable (again)="me.reload()" />
        } @else if (!known()) {
          <p role="status" i18n="before it is known how an account signs in@@stepUp.reading">Un instant…</p>
        } @else if (viaProvider()) {
          <p i18n="@@stepUp.providerWords">
            Cette action est sensible et votre compte se connecte par le fournisseur d’identité : confirmez auprès de
            lui, dans une fenêtre à part. L’action continue ensuite d’elle-même.
          </p>
        } @else {
          <p i18n="@@stepUp.words">Cette action est sensible. Après la confirmation, elle continue d’elle-même.</p>
        }
        @if (failure(); as failed) {
          <app-problem-face [failure]="failed" [retryable]="confirmed()" (again)="goOn()" />
        }
        @if (known() && !viaProvider()) {
          <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
            <mat-label i18n="@@signIn.password">Mot de passe</mat-label>
            <input #password matInput type="password" autocomplete="current-password" [formField]="fields.password" />
            @for (error of fields.password().errors(); track error.kind) {
              <mat-error>{{ error.message }}</mat-error>
            }
          </mat-form-field>
          @if (needsCode()) {
            <mat-form-field appearance="outline" subscriptSizing="dynamic" hideRequiredMarker>
              <mat-label i18n="@@signIn.code">Code de l’application</mat-label>
              <input
                matInput
                inputmode="text"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck="false"
                [formField]="fields.totp"
              />
              <mat-hint i18n="@@signIn.codeHint">Six chiffres, ou un code de secours.</mat-hint>
            </mat-form-field>
          }
        }
        @if (known()) {
          <app-provider-link
            purpose="step-up"
            [back]="here"
            [windowBack]="windowBack"
            [account]="session.user()?.id ?? null"
            [alone]="viaProvider()"
            [busy]="renewing()"
            (opened)="awaitWindow()"
          />
          @if (waiting()) {
            <p role="status" i18n="window at the identity provider@@stepUp.waiting">
              Confirmez dans la fenêtre qui s’est ouverte : cette page vous attend. Si la fenêtre s’est fermée, le lien
              en rouvre une.
            </p>
          }
        }
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton type="button" [mat-dialog-close]="false" i18n="button@@dialog.no">Annuler</button>
        @if (known() && !viaProvider()) {
          <button matButton="filled" type="submit" [disabled]="busy()" disabledInteractive i18n="button@@stepUp.yes">
            Confirmer
          </button>
        }
      </mat-dialog-actions>
    </form>
  `,
})
export class StepUpDialog {
  private readonly http = inject(HttpClient);
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  private readonly dialog = inject<MatDialogRef<StepUpDialog, boolean>>(MatDialogRef);

  protected readonly me = listing<Me>(() => ME_URL);
  /** Not before: a field that is taken away again takes the focus with it, and some accounts have no password here. */
  protected readonly known = computed(() => this.me.items() !== null);
  private readonly password = viewChild<ElementRef<HTMLInputElement>>('password');
  /** Such an account has no password here. */
  protected readonly viaProvider = computed(() => this.me.items()?.signsInWith === 'oidc');
  protected readonly failure = signal<RequestFailure | null>(null);
  private readonly asked = freshKey();
  protected readonly windowBack = steppedUpPath(this.asked);
  /** Where no window can be opened the provider's page takes the place of this one, and the act is to be repeated. */
  protected readonly here = this.router.url;
  /** Whether a window is at the provider. */
  protected readonly waiting = signal(false);
  /** Whether the provider has confirmed, and only the act is still to go on. */
  protected readonly confirmed = signal(false);
  /** Whether the act is about to go on. */
  protected readonly renewing = computed(() => this.confirmed() && this.failure() === null);
  protected readonly needsCode = signal(false);
  protected readonly fields = form(
    signal({ password: '', totp: '' }),
    (path) => {
      required(path.password, {
        message: $localize`:form error@@signIn.passwordMissing:Saisissez votre mot de passe.`,
      });
    },
    { submission: { action: () => this.confirm() } },
  );
  protected readonly busy = computed(() => this.fields().submitting());

  constructor() {
    effect(() => {
      this.password()?.nativeElement.focus();
    });
    const stop = hearStepUp(this.asked, (outcome) => {
      this.waiting.set(false);
      this.failure.set(outcome);
      if (outcome === null) void this.goOn();
    });
    inject(DestroyRef).onDestroy(stop);
  }

  protected awaitWindow(): void {
    this.failure.set(null);
    this.confirmed.set(false);
    this.waiting.set(true);
  }

  /** The session that has stepped up is that of the cookie, which a sign-in in another tab may have put there meanwhile. */
  protected async goOn(): Promise<void> {
    this.confirmed.set(true);
    this.failure.set(null);
    try {
      const token = await this.session.renew();
      if (token === null) void this.router.navigateByUrl(signInAddress(this.router));
      this.dialog.close(token !== null);
    } catch (error) {
      this.failure.set(requestFailure(error));
    }
  }

  private async confirm(): Promise<undefined> {
    this.failure.set(null);
    this.confirmed.set(false);
    const { password, totp } = this.fields().value();
    const body = this.needsCode() ? { password, totp: totp.trim() } : { password };
    try {
      await firstValueFrom(this.http.post(STEP_UP_URL, body));
      this.dialog.close(true);
    } catch (error) {
      const failure = requestFailure(error);
      const firstAsked = failure.code === 'totp_required' && !this.needsCode();
      if (failure.code === 'totp_required') this.needsCode.set(true);
      if (firstAsked) return undefined;
      this.failure.set(failure.code === 'invalid_credentials' ? { ...failure, code: 'wrong_password' } : failure);
    }
    return undefined;
  }
}

export function openStepUpDialog(injector: Injector): MatDialogRef<StepUpDialog, boolean> {
  return injector.get(MatDialog).open<StepUpDialog, undefined, boolean>(StepUpDialog);
}
