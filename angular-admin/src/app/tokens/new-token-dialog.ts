import { Component, inject, signal } from '@angular/core';
import { form, FormField, FormRoot, maxLength, required, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Errand } from '../api/errand';
import { TOKENS_URL } from '../api/routes';
import type { IssuedToken, NewToken } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { CopyField } from '../maintenance/copy-field';
import { FocusKeeper } from '../shell/focus-keeper';
import { type Scope, SCOPE_WORDS, SCOPES } from './scope-words';

const DAYS = ['30', '90', '365', ''] as const;

/** Makes a token, then shows it the one time it can be seen. */
@Component({
  selector: 'app-new-token-dialog',
  hostDirectives: [FocusKeeper],
  imports: [CopyField, FormField, FormRoot, MatButton, MatDialogModule, MatFormFieldModule, MatInput, ProblemFace],
  providers: [Errand],
  templateUrl: './new-token-dialog.html',
})
export class NewTokenDialog {
  private readonly dialog = inject<MatDialogRef<NewTokenDialog, boolean>>(MatDialogRef);
  protected readonly errand = inject(Errand);
  protected readonly scopes = SCOPES.map((scope) => ({ scope, word: SCOPE_WORDS[scope] }));
  protected readonly days = DAYS;
  protected readonly issued = signal<IssuedToken | null>(null);
  protected readonly tokenLabel = $localize`:secret@@newToken.token:Jeton`;
  protected readonly copyLabel = $localize`:button@@newToken.copy:Copier le jeton`;

  protected readonly fields = form(
    signal({ name: '', days: '90', ranges: '', scopes: ['exports:read'] as Scope[] }),
    (path) => {
      required(path.name, { message: $localize`:form error@@newToken.nameMissing:Donnez-lui un nom.` });
      maxLength(path.name, 100);
      validate(path.scopes, ({ value }) =>
        value().length > 0
          ? undefined
          : {
              kind: 'scopes',
              message: $localize`:form error@@newToken.scopesMissing:Choisissez au moins un droit.`,
            },
      );
    },
    { submission: { action: () => this.create() } },
  );

  protected has(scope: Scope): boolean {
    return this.fields.scopes().value().includes(scope);
  }

  protected toggle(scope: Scope): void {
    const scopes = this.fields.scopes().value;
    scopes.update((held) => (held.includes(scope) ? held.filter((one) => one !== scope) : [...held, scope]));
  }

  protected daysWord(days: string): string {
    return days === ''
      ? $localize`:life of a token@@newToken.forever:Sans fin, jusqu’à sa révocation`
      : $localize`:life of a token@@newToken.days:${days}:days: jours`;
  }

  private async create(): Promise<undefined> {
    const { name, days, ranges, scopes } = this.fields().value();
    const allowed = ranges.split(/[\s,]+/).filter((range) => range !== '');
    const body: NewToken = {
      name: name.trim(),
      scopes: [...scopes],
      ...(days !== '' && { expiresInDays: Number(days) }),
      ...(allowed.length > 0 && { allowedCidrs: allowed }),
    };
    const token = await this.errand.run<IssuedToken>('POST', TOKENS_URL, body);
    if (token === undefined) return undefined;
    // A slip of the hand must not lose what is shown only once.
    this.dialog.disableClose = true;
    this.issued.set(token);
    return undefined;
  }
}
