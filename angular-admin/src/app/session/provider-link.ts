import { Location } from '@angular/common';
import {
  booleanAttribute,
  Component,
  computed,
  DOCUMENT,
  effect,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { listing } from '../api/listing';
import { METHODS_URL } from '../api/routes';
import type { SignInMethods } from '../api/types';
import { ProblemFace } from '../faces/problem-face';
import { leaveAt } from './provider-answer';

/** Large enough for the pages of the common providers. */
const WINDOW = 'popup,width=560,height=720';

/** The way over the existing identity provider, where there is one: a link, because the browser itself goes there. */
@Component({
  selector: 'app-provider-link',
  imports: [MatButton, ProblemFace],
  template: `
    @if (provider(); as known) {
      @if (!alone()) {
        <p class="or" aria-hidden="true"><span i18n="between two ways to sign in@@signIn.or">ou</span></p>
      }
      <a
        #link
        matButton="outlined"
        [href]="hrefTo(back())"
        [disabled]="busy()"
        disabledInteractive
        (click)="leave($event)"
      >
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
  /** Where a window of its own comes back to, so that this page stays; null: this page goes itself. */
  readonly windowBack = input<string | null>(null);
  /** The account that the page shows. */
  readonly account = input<string | null>(null);
  /** Whether there is no other way beside it. */
  readonly alone = input(false, { transform: booleanAttribute });
  /** What one would go there for is under way already. */
  readonly busy = input(false);

  /** A window was opened, and is on its way. */
  readonly opened = output();

  private readonly location = inject(Location);
  private readonly view = inject(DOCUMENT).defaultView;
  private readonly link = viewChild<unknown, ElementRef<HTMLAnchorElement>>('link', { read: ElementRef });
  protected readonly methods = listing<SignInMethods>(() => METHODS_URL);
  protected readonly provider = computed(() => {
    const oidc = this.methods.items()?.oidc;
    if (oidc == null) return null;
    return { startUrl: oidc.startUrl, name: URL.parse(oidc.issuer)?.host ?? oidc.issuer };
  });

  constructor() {
    // Where it is the only way, it is where a password field would have the cursor.
    effect(() => {
      if (this.alone()) this.link()?.nativeElement.focus();
    });
  }

  protected hrefTo(back: string): string {
    // The provider's own page is left by a path alone, without a query.
    const [path = ''] = this.location.prepareExternalUrl(back).split(/[?#]/);
    const query = new URLSearchParams({ returnTo: path, purpose: this.purpose() });
    const account = this.account();
    if (account !== null) query.set('account', account);
    return `${this.provider()?.startUrl ?? ''}?${query.toString()}`;
  }

  /**
   * After a sign-in the sign-in page itself knows the way. A step-up goes in a window of its own; where the browser
   * opens none the page goes, and comes back to the address that asked for it.
   */
  protected leave(click: Event): void {
    // The button halts such a click only after us.
    if (this.busy()) return;
    const windowBack = this.windowBack();
    if (windowBack !== null && this.view?.open(this.hrefTo(windowBack), 'pg-export-step-up', WINDOW)) {
      click.preventDefault();
      this.opened.emit();
    } else if (this.purpose() === 'step-up') leaveAt(this.back());
  }
}
