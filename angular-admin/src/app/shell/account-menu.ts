import { Component, computed, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatDivider } from '@angular/material/divider';
import { MatIcon } from '@angular/material/icon';
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import { Session } from '../session/session';
import { ROLE_WORDS } from '../words/export-words';

@Component({
  selector: 'app-account-menu',
  imports: [MatDivider, MatIcon, MatIconButton, MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger, RouterLink],
  template: `
    <button
      matIconButton
      type="button"
      [matMenuTriggerFor]="menu"
      aria-label="Compte"
      i18n-aria-label="account menu@@account.label"
    >
      <mat-icon svgIcon="account_circle" />
    </button>
    <mat-menu #menu="matMenu">
      <ng-template matMenuContent>
        <div class="who" role="none">
          <span class="email">{{ session.user()?.email }}</span>
          <span class="role">{{ role() }}</span>
        </div>
        <mat-divider />
        <a mat-menu-item routerLink="/account">
          <mat-icon svgIcon="person" />
          <ng-container i18n="page@@account.title">Mon compte</ng-container>
        </a>
        <button mat-menu-item type="button" (click)="leave()">
          <mat-icon svgIcon="logout" />
          <ng-container i18n="@@account.signOut">Se déconnecter</ng-container>
        </button>
      </ng-template>
    </mat-menu>
  `,
  styles: `
    .who {
      display: grid;
      gap: 2px;
      padding: 8px 16px 12px;
    }
    .email {
      font: var(--mat-sys-title-small);
      overflow-wrap: anywhere;
    }
    .role {
      font: var(--mat-sys-body-small);
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class AccountMenu {
  private readonly router = inject(Router);
  protected readonly session = inject(Session);
  protected readonly role = computed(() => {
    const user = this.session.user();
    return user === null ? '' : ROLE_WORDS[user.role];
  });

  protected async leave(): Promise<void> {
    await this.session.signOut();
    await this.router.navigateByUrl('/sign-in');
  }
}
