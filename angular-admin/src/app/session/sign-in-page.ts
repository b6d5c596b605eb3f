import { afterNextRender, Component, computed, ElementRef, inject, input, signal, viewChild } from '@angular/core';
import { form, FormField, FormRoot, required } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatIcon } from '@angular/material/icon';
import { MatInput } from '@angular/material/input';
import { Router } from '@angular/router';
import { RequestFailure, requestFailure } from '../api/request-failure';
import { ProblemFace } from '../faces/problem-face';
import { Brand } from '../shell/brand';
import { ColorSwitch } from '../shell/color-switch';
import { LanguageSwitch } from '../shell/language-switch';
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
    ProblemFace,
  ],
  templateUrl: './sign-in-page.html',
  styleUrl: './sign-in-page.scss',
})
export class SignInPage {
  /** Where the person was when the session ended. */
  readonly back = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly email = viewChild.required<ElementRef<HTMLInputElement>>('email');
  private readonly password = viewChild.required<ElementRef<HTMLInputElement>>('password');

  protected readonly failure = signal<RequestFailure | null>(null);
  protected readonly shown = signal(false);
  protected readonly passwordType = computed(() => (this.shown() ? 'text' : 'password'));
  protected readonly credentials = form(
    signal({ email: '', password: '' }),
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
    afterNextRender(() => {
      this.email().nativeElement.focus();
    });
  }

  private async signIn(): Promise<void> {
    this.failure.set(null);
    const { email, password } = this.credentials().value();
    try {
      await this.session.signIn(email.trim(), password);
    } catch (error) {
      this.failure.set(requestFailure(error));
      this.password().nativeElement.select();
      return;
    }
    await this.router.navigateByUrl(this.back() ?? '/maintenance', { replaceUrl: true });
  }
}
