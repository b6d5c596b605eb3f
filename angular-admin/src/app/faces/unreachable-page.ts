import { Component, DestroyRef, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { backOff } from '../api/request-failure';
import { Session } from '../session/session';
import { EmptyFace } from './empty-face';

/** The API could not be asked who is signed in: waits for it, then goes where the person wanted to go. */
@Component({
  selector: 'app-unreachable-page',
  imports: [EmptyFace],
  template: `
    <main>
      <app-empty-face icon="cloud_off">
        <h1 i18n="@@unreachable.title">Serveur injoignable</h1>
        <p role="status" i18n="@@unreachable.words">
          Le serveur ne répond pas pour l’instant. La page se rétablira d’elle-même dès qu’il répondra.
        </p>
      </app-empty-face>
    </main>
  `,
})
export class UnreachablePage {
  readonly back = input('/');
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;

  constructor() {
    this.tryLater();
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
    });
  }

  private tryLater(): void {
    this.timer = setTimeout(() => void this.tryNow(), backOff(++this.attempt));
  }

  private async tryNow(): Promise<void> {
    try {
      await this.session.renew();
    } catch {
      this.tryLater();
      return;
    }
    // The guard now finds a session, or sends to sign-in.
    await this.router.navigateByUrl(this.back());
  }
}
