import { Component, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, pattern, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { Errand } from '../api/errand';
import { listing } from '../api/listing';
import { TOTP_CONFIRM_URL, TOTP_URL } from '../api/routes';
import type { RecoveryCodeList, TotpSecret, TotpState } from '../api/types';
import { Confirmation } from '../dialogs/confirm-dialog';
import { ProblemFace } from '../faces/problem-face';
import { CopyField } from '../maintenance/copy-field';
import { FocusKeeper } from '../shell/focus-keeper';
import { Measures } from '../words/measures';
import { QrCode } from './qr-code';

/** The second factor of one's own account: set up, look at, take away. */
@Component({
  selector: 'app-second-factor',
  hostDirectives: [FocusKeeper],
  imports: [CopyField, FormField, FormRoot, MatButton, MatFormFieldModule, MatIcon, MatInput, ProblemFace, QrCode],
  providers: [Errand],
  templateUrl: './second-factor.html',
  styleUrl: './second-factor.scss',
})
export class SecondFactor {
  private readonly confirmation = inject(Confirmation);
  protected readonly show = inject(Measures);
  protected readonly errand = inject(Errand);
  protected readonly state = listing<TotpState>(() => TOTP_URL);
  protected readonly secret = signal<TotpSecret | null>(null);
  protected readonly codes = signal<readonly string[] | null>(null);

  protected readonly qrLabel = $localize`:picture@@totp.qr:Code QR à scanner avec l’application d’authentification`;
  protected readonly secretLabel = $localize`:secret@@totp.secret:Ou à saisir dans l’application`;
  protected readonly copySecret = $localize`:button@@totp.copySecret:Copier le secret`;
  protected readonly codesLabel = $localize`:secret@@totp.codes:Codes de secours, chacun valable une fois`;
  protected readonly copyCodes = $localize`:button@@totp.copyCodes:Copier les codes de secours`;
  protected readonly fields = form(
    signal({ code: '' }),
    (path) => {
      const message = $localize`:form error@@totp.codeBad:Saisissez les six chiffres de l’application.`;
      required(path.code, { message });
      pattern(path.code, /^\s*\d{6}\s*$/, { message });
    },
    { submission: { action: () => this.confirm() } },
  );

  protected async begin(): Promise<void> {
    const secret = await this.errand.run<TotpSecret>('POST', TOTP_URL);
    if (secret !== undefined) this.secret.set(secret);
  }

  protected async remove(): Promise<void> {
    const meant = await this.confirmation.isMeant({
      title: $localize`:@@totp.removeTitle:Retirer le second facteur ?`,
      words: $localize`:@@totp.removeWords:La connexion ne demandera plus que le mot de passe.`,
      no: $localize`:@@totp.removeNo:Le garder`,
      yes: $localize`:@@totp.removeYes:Retirer`,
    });
    if (meant && (await this.errand.done('DELETE', TOTP_URL))) this.state.reload();
  }

  /** Everything was noted down. */
  protected finish(): void {
    this.codes.set(null);
    this.state.reload();
  }

  private async confirm(): Promise<undefined> {
    const code = this.fields.code().value().trim();
    const answer = await this.errand.run<RecoveryCodeList>('POST', TOTP_CONFIRM_URL, { code });
    if (answer === undefined) {
      this.errand.failure.update(
        (failure) => failure && (failure.code === 'invalid_credentials' ? { ...failure, code: 'wrong_code' } : failure),
      );
      return undefined;
    }
    this.secret.set(null);
    this.codes.set(answer.recoveryCodes);
    return undefined;
  }
}
