import { Location } from '@angular/common';
import { afterNextRender, Component, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatIcon } from '@angular/material/icon';
import { NavigationStart, Router } from '@angular/router';
import type { RequestFailure } from '../api/request-failure';
import { ProblemFace } from '../faces/problem-face';
import { providerAnswer, takeLeft } from './provider-answer';

const pathOf = (address: string): string => address.split('?', 1)[0] ?? '';

/** Tells somebody who comes back from the identity provider what came of it, and puts the address back as it was. */
@Component({
  selector: 'app-provider-return',
  imports: [MatIcon, ProblemFace],
  template: `
    @if (failure(); as failed) {
      <app-problem-face [failure]="failed" />
    } @else if (isBack()) {
      <p role="status">
        <mat-icon svgIcon="check_circle" />
        <span i18n="after the identity provider@@stepUp.back">
          Vous revoici : une fois confirmée auprès du fournisseur d’identité, l’action peut être refaite maintenant.
        </span>
      </p>
    }
  `,
  styles: `
    :host {
      display: block;
    }
    :host:not(:empty) {
      margin-bottom: 24px;
    }
    p {
      display: flex;
      gap: 8px;
    }
    mat-icon {
      flex: none;
      color: var(--mat-sys-primary);
    }
  `,
})
export class ProviderReturn {
  protected readonly failure = signal<RequestFailure | null>(null);
  protected readonly isBack = signal(false);

  constructor() {
    const router = inject(Router);
    const { url, failure } = providerAnswer(inject(Location).path());
    const left = takeLeft(url);
    this.failure.set(failure);
    this.isBack.set(left !== null && failure === null);
    if (failure === null && left === null) return;
    const path = pathOf(url);
    router.events.pipe(takeUntilDestroyed()).subscribe((event) => {
      if (event instanceof NavigationStart && pathOf(event.url) !== path) this.forget();
    });
    // The navigation that leads here is over by then.
    afterNextRender(() => void router.navigateByUrl(left ?? url, { replaceUrl: true }));
  }

  /** It is about the page that was left, not about the next one. */
  private forget(): void {
    this.failure.set(null);
    this.isBack.set(false);
  }
}
