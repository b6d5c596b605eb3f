import { Location } from '@angular/common';
import { booleanAttribute, Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { listing } from '../api/listing';
import { METHODS_URL } from '../api/routes';
import type { SignInMethods } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { leaveAt } from './provider-answer';

/** The way over the existing identity provider, where there is one: a link, because the browser itself goes there. */
@Component({
  selector: 'app-provider-link',
  imports: [MatButton, ProblemFace],
  template: `
    @if (provider(); as known) {
      @if (!alone()) {
        <p class="or" aria-hidden="true"><span i18n="between two ways to sign in@@signIn.or">ou</span></p>
      }
      <a matButton="outlined" [href]="known.href" (click)="remember()">
        <ng-container i18n="link@@signIn.provider">Continuer avec {{ known.name }}</ng-container>
      </a>
    } @else if (alone() && methods.failure(); as failed) {
      <app-problem-face [failure]="failed" retryable (again)="methods.reload()" />
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    :host:empty {
      display: none;
    }
    .or {
      display: flex;
      align-items: center;
      gap: 12px;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-small);
    }
    .or::before,
    .or::after {
      flex: 1;
      border-top: 1px solid var(--mat-sys-outline-variant);
      content: '';
    }
  `,
})
export class ProviderLink {
  /** Where to come back to, within the panel. */
  readonly back = input('/maintenance');
  readonly purpose = input<'sign-in' | 'step-up'>('sign-in');
  /** Whether there is no other way beside it. */
  readonly alone = input(false, { transform: booleanAttribute });

  private readonly location = inject(Location);
  protected readonly methods = listing<SignInMethods>(() => METHODS_URL);
  protected readonly provider = computed(() => {
    const oidc = this.methods.items()?.oidc;
    if (oidc == null) return null;
    // The provider's own page is left by a path alone, without a query.
    const [path = ''] = this.location.prepareExternalUrl(this.back()).split(/[?#]/);
    const query = new URLSearchParams({ returnTo: path, purpose: this.purpose() });
    return { href: `${oidc.startUrl}?${query.toString()}`, name: URL.parse(oidc.issuer)?.host ?? oidc.issuer };
  });

  /** After a sign-in the sign-in page itself knows the way; a step-up comes back to the page that asked for it. */
  protected remember(): void {
    if (this.purpose() === 'step-up') leaveAt(this.back());
  }
}
