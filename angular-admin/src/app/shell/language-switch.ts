import { Component, computed, inject, LOCALE_ID } from '@angular/core';
import { Router } from '@angular/router';
import { LANGUAGES, rememberLanguage } from './languages';

/** The same page in the other language. Each language is its own build, so this is a link and not a state. */
@Component({
  selector: 'app-language-switch',
  template: `
    <nav aria-label="Langue" i18n-aria-label="@@language.label">
      @for (language of languages(); track language.code) {
        <a
          [href]="language.href"
          [attr.hreflang]="language.code"
          [attr.lang]="language.code"
          [attr.aria-current]="language.current ? 'true' : null"
          [title]="language.name"
          (click)="remember(language.code)"
          >{{ language.code }}</a
        >
      }
    </nav>
  `,
  styles: `
    nav {
      display: flex;
      gap: 2px;
    }
    a {
      display: grid;
      place-items: center;
      min-width: 36px;
      height: 32px;
      border-radius: var(--mat-sys-corner-small);
      font: var(--mat-sys-label-large);
      text-transform: uppercase;
      text-decoration: none;
      color: var(--mat-sys-on-surface-variant);
    }
    a:hover {
      background: color-mix(in srgb, currentcolor 8%, transparent);
    }
    a[aria-current] {
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
    }
  `,
})
export class LanguageSwitch {
  private readonly router = inject(Router);
  private readonly locale = inject(LOCALE_ID);
  protected readonly remember = rememberLanguage;
  protected readonly languages = computed(() => {
    const path = this.router.lastSuccessfulNavigation()?.finalUrl?.toString() ?? '/';
    return LANGUAGES.map((language) => ({
      ...language,
      href: `/${language.code}${path}`,
      current: this.locale.startsWith(language.code),
    }));
  });
}
