import {
  afterNextRender,
  Component,
  computed,
  ElementRef,
  inject,
  Injector,
  input,
  linkedSignal,
  signal,
  viewChild,
} from '@angular/core';
import { form, FormField, FormRoot, required } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { RequestFailure, requestFailure } from '../api/request-failure';
import { whenWhole } from '../assembly/page-assembly';
import { Piece } from '../assembly/piece';
import { ProblemFace } from '../faces/problem-face';
import { Brand } from '../shell/brand';
import { ColorSwitch } from '../shell/color-switch';
import { LanguageSwitch } from '../shell/language-switch';
import { providerAnswer } from './provider-answer';
import { ProviderLink } from './provider-link';
import { Session } from './session';

@Component({
  selector: 'app-sign-in-page',
  imports: [
    Brand,
    ColorSwitch,
    FormField,
    FormRoot,
    LanguageSwitch,
    MatButton,
    MatFormFieldModule,
    MatIcon,
    MatIconButton,
    MatInput,
    Piece,
    ProblemFace,
    ProviderLink,
  ],
  templateUrl: './sign-in-page.html',
  styleUrl: './sign-in-page.scss',
})
export class SignInPage {
  /** Where the person was when the session ended. */
  readonly back = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private readonly email = viewChild.required<ElementRef<HTMLInputElement>>('email');
  private readonly password = viewChild.required<ElementRef<HTMLInputElement>>('password');
  private readonly code = viewChild<ElementRef<HTMLInputElement>>('code');

  /** Where to go once signed in, and what the identity provider brought back instead of a session. */
  private readonly aim = computed(() => providerAnswer(this.back() ?? '/maintenance'));
  protected readonly wanted = computed(() => this.aim().url);
  protected readonly failure = linkedSignal<RequestFailure | null>(() => this.aim().failure);
  protected readonly shown = signal(false);
  /** Whether the password was right and the account asks for a second factor. */
  protected readonly needsCode = signal(false);
  protected readonly passwordType = computed(() => (this.shown() ? 'text' : 'password'));
  protected readonly credentials = form(
    signal({ email: '', password: '', totp: '' }),
    (path) => {
      // Whether the address is well formed is for the server to say: admin@localhost is.
      required(path.email, { message: $localize`:form error@@signIn.emailMissing:Saisissez votre adresse e-mail.` });
      required(path.password, {
        message: $localize`:form error@@signIn.passwordMissing:Saisissez votre mot de passe.`,
      });
    },
    {
      submission: {
        action: async () => {
          await this.signIn();
        },
        onInvalid: () => {
          const field = this.credentials.email().valid() ? this.password() : this.email();
          field.nativeElement.focus();
        },
      },
    },
  );
  protected readonly busy = computed(() => this.credentials().submitting());

  constructor() {
    whenWhole(() => {
      this.email().nativeElement.focus();
    });
  }

  private async signIn(): Promise<void> {
    this.failure.set(null);
    const { email, password, totp } = this.credentials().value();
    try {
      await this.session.signIn(email.trim(), password, this.needsCode() ? totp.trim() : undefined);
    } catch (error) {
      this.askAgain(requestFailure(error));
      return;
    }
    await this.router.navigateByUrl(this.wanted(), { replaceUrl: true });
  }

  private askAgain(failure: RequestFailure): void {
    if (failure.code === 'totp_required' && !this.needsCode()) {
      // Not a failure: the password was right, and the next field appears under the cursor.
      this.needsCode.set(true);
      afterNextRender(
        () => {
          this.code()?.nativeElement.focus();
        },
        { injector: this.injector },
      );
      return;
    }
    const about = failure.code === 'invalid_credentials' && this.needsCode() ? 'wrong_password' : failure.code;
    this.failure.set({ ...failure, code: about });
    (this.code() ?? this.password()).nativeElement.select();
  }
}
