import { Component, computed, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { MatMenuModule } from '@angular/material/menu';
import { RouterLink, RouterLinkActive } from '@angular/router';
import { Session } from '../session/session';

const EVERYBODY = [
  { path: '/maintenance', word: $localize`:page@@maintenance.title:Maintenance` },
  { path: '/history', word: $localize`:page@@historyPage.title:Historique` },
];
const SUPER_ADMINS = [
  { path: '/tokens', word: $localize`:page@@tokens.title:Jetons d’API` },
  { path: '/users', word: $localize`:page@@users.title:Comptes` },
  { path: '/audit', word: $localize`:page@@audit.title:Audit` },
];

/** The way from screen to screen: a row of links, or a menu where there is no room for one. */
@Component({
  selector: 'app-main-nav',
  imports: [MatIcon, MatIconButton, MatMenuModule, RouterLink, RouterLinkActive],
  template: `
    <nav aria-label="Écrans" i18n-aria-label="@@nav.label">
      @for (screen of screens(); track screen.path) {
        <a [routerLink]="screen.path" routerLinkActive="here" ariaCurrentWhenActive="page">{{ screen.word }}</a>
      }
    </nav>
    <button matIconButton type="button" [matMenuTriggerFor]="menu" aria-label="Écrans" i18n-aria-label="@@nav.label">
      <mat-icon svgIcon="menu" />
    </button>
    <mat-menu #menu="matMenu">
      <ng-template matMenuContent>
        @for (screen of screens(); track screen.path) {
          <a mat-menu-item [routerLink]="screen.path" routerLinkActive="here" ariaCurrentWhenActive="page">{{
            screen.word
          }}</a>
        }
      </ng-template>
    </mat-menu>
  `,
  styles: `
    :host {
      display: flex;
      align-self: stretch;
      align-items: center;
    }
    nav {
      display: flex;
      align-self: stretch;
      gap: 4px;
    }
    nav a {
      display: flex;
      align-items: center;
      padding-inline: 12px;
      border-block: 2px solid transparent;
      font: var(--mat-sys-label-large);
      text-decoration: none;
      color: var(--mat-sys-on-surface-variant);
    }
    nav a:hover {
      color: var(--mat-sys-on-surface);
    }
    nav a.here {
      border-bottom-color: var(--mat-sys-primary);
      color: var(--mat-sys-on-surface);
    }
    button {
      display: none;
    }
    @media (max-width: 799px) {
      nav {
        display: none;
      }
      button {
        display: inline-block;
      }
    }
  `,
})
export class MainNav {
  private readonly session = inject(Session);
  protected readonly screens = computed(() => (this.session.mayExport() ? [...EVERYBODY, ...SUPER_ADMINS] : EVERYBODY));
}
