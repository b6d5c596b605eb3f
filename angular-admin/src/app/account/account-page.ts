import { Component, computed, inject } from '@angular/core';
import { Session } from '../session/session';
import { ROLE_WORDS } from '../words/export-words';
import { OwnSessions } from './own-sessions';
import { PasswordChange } from './password-change';
import { SecondFactor } from './second-factor';

/** One's own account. */
@Component({
  selector: 'app-account-page',
  imports: [OwnSessions, PasswordChange, SecondFactor],
  template: `
    <div class="screen-head">
      <div>
        <h1 i18n="page@@account.title">Mon compte</h1>
        <p>{{ session.user()?.email }} · {{ role() }}</p>
      </div>
    </div>
    <app-password-change />
    <app-second-factor />
    <app-own-sessions />
  `,
  styles: `
    :host {
      display: grid;
      gap: 32px;
    }
  `,
})
export class AccountPage {
  protected readonly session = inject(Session);
  protected readonly role = computed(() => {
    const user = this.session.user();
    return user === null ? '' : ROLE_WORDS[user.role];
  });
}
