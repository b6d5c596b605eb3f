import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { HttpClient } from '@angular/common/http';
import type { HttpTestingController } from '@angular/common/http/testing';
import { jest } from '@jest/globals';
import { Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { firstValueFrom } from 'rxjs';
import { ME_URL, METHODS_URL, RENEW_URL, STEP_UP_URL, TOKENS_URL } from '../api/routes';
import { signedIn } from '../testing/builders';
import { render, settle, setUpPanel, signInAs, soon } from '../testing/panel-bed';
import { takeLeft } from './provider-answer';
import { tellStepUp } from './step-up-window';

@Component({ template: '' })
class BlankPage {}

const stale = { status: 403, statusText: 'Forbidden' };
const wrong = { status: 401, statusText: 'Unauthorized' };

describe('stepping up', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<BlankPage>;
  const root = () => TestbedHarnessEnvironment.documentRootLoader(fixture);
  const post = (name: string): Promise<unknown> =>
    firstValueFrom(TestBed.inject(HttpClient).post(TOKENS_URL, { name })).catch(() => 'refused');
  const refuse = async (signsInWith = 'password', oidc: object | null = null): Promise<void> => {
    http.expectOne(TOKENS_URL).flush({ code: 'step_up_required', correlationId: 'c' }, stale);
    // The dialog comes in a file of its own.
    const me = { id: 'user-1', email: 'admin@localhost', role: 'SUPER_ADMIN', signsInWith };
    (await soon('GET', ME_URL)).flush(me);
    await settle();
    http.expectOne(METHODS_URL).flush({ password: true, oidc });
    await settle();
  };
  const submit = async (password: string): Promise<void> => {
    const dialog = await root().getHarness(MatDialogHarness);
    await (await dialog.getHarness(MatInputHarness)).setValue(password);
    document.querySelector<HTMLElement>('app-step-up-dialog [type=submit]')?.click();
    await settle();
  };

  beforeEach(async () => {
    http = setUpPanel([{ path: 'sign-in', component: BlankPage }]);
    await signInAs('SUPER_ADMIN');
    fixture = await render(BlankPage);
  });

  it('asks for the password, then goes on with what was being done', async () => {
    const answer = post('nightly');
    await refuse();
    await submit('secret');
    const given = http.expectOne(STEP_UP_URL);
    expect(given.request.body).toEqual({ password: 'secret' });
    given.flush(null);
    const again = await soon('POST', TOKENS_URL);
    expect(again.request.body).toEqual({ name: 'nightly' });
    again.flush('made');
    await expect(answer).resolves.toBe('made');
  });

  it('says that the password is wrong, and keeps the session', async () => {
    const answer = post('nightly');
    await refuse();
    await submit('wrong');
    http.expectOne(STEP_UP_URL).flush({ code: 'invalid_credentials', correlationId: 'c' }, wrong);
    await settle();
    expect(document.querySelector('app-step-up-dialog')?.textContent).toContain('Mot de passe ou code incorrect.');
    const dialog = await root().getHarness(MatDialogHarness);
    await (await dialog.getHarness(MatButtonHarness.with({ text: 'Annuler' }))).click();
    await expect(answer).resolves.toBe('refused');
    http.verify();
  });

  it('asks for the code too where the account has a second factor', async () => {
    void post('nightly');
    await refuse();
    await submit('secret');
    http.expectOne(STEP_UP_URL).flush({ code: 'totp_required', correlationId: 'c' }, wrong);
    await settle();
    const dialog = await root().getHarness(MatDialogHarness);
    await (
      await dialog.getHarness(MatInputHarness.with({ selector: '[autocomplete=one-time-code]' }))
    ).setValue('123456');
    document.querySelector<HTMLElement>('app-step-up-dialog [type=submit]')?.click();
    await settle();
    const given = http.expectOne(STEP_UP_URL);
    expect(given.request.body).toEqual({ password: 'secret', totp: '123456' });
    given.flush(null);
    (await soon('POST', TOKENS_URL)).flush('made');
  });

  it('shows no field before it is known how the account signs in, and then puts the cursor there', async () => {
    void post('nightly');
    http.expectOne(TOKENS_URL).flush({ code: 'step_up_required', correlationId: 'c' }, stale);
    const me = await soon('GET', ME_URL);
    const dialog = document.querySelector('app-step-up-dialog');
    expect(dialog?.querySelector('input')).toBeNull();
    expect(dialog?.querySelector('[role=status]')?.textContent).toContain('Un instant');
    me.flush({ id: 'user-1', email: 'admin@localhost', role: 'SUPER_ADMIN', signsInWith: 'password' });
    await settle();
    expect(document.activeElement).toBe(dialog?.querySelector('input[type=password]'));
  });

  it('says when the way to the identity provider can not be read, and asks again', async () => {
    void post('nightly');
    http.expectOne(TOKENS_URL).flush({ code: 'step_up_required', correlationId: 'c' }, stale);
    (await soon('GET', ME_URL)).flush({ id: 'user-1', email: 'a', role: 'SUPER_ADMIN', signsInWith: 'oidc' });
    await settle();
    http.expectOne(METHODS_URL).error(new ProgressEvent('error'));
    await settle();
    document.querySelector<HTMLElement>('app-provider-link button')?.click();
    await settle();
    http
      .expectOne(METHODS_URL)
      .flush({ password: true, oidc: { startUrl: '/start', issuer: 'https://login.example' } });
    await settle();
    expect(document.querySelector('app-step-up-dialog a')?.textContent).toContain('login.example');
  });

  it('lets a phone type the letters of a recovery code', async () => {
    void post('nightly');
    await refuse();
    await submit('secret');
    http.expectOne(STEP_UP_URL).flush({ code: 'totp_required', correlationId: 'c' }, wrong);
    await settle();
    const code = document.querySelector('app-step-up-dialog [autocomplete=one-time-code]');
    expect(code?.getAttribute('inputmode')).toBe('text');
  });

  it('asks again how the account signs in where that can not be read, and shows no form meanwhile', async () => {
    void post('nightly');
    http.expectOne(TOKENS_URL).flush({ code: 'step_up_required', correlationId: 'c' }, stale);
    (await soon('GET', ME_URL)).flush({ code: 'internal', correlationId: 'c-7' }, { status: 500, statusText: 'Oops' });
    await settle();
    const dialog = document.querySelector('app-step-up-dialog');
    expect(dialog?.querySelector('app-problem-face')?.textContent).toContain('c-7');
    expect(dialog?.querySelector('input, [type=submit], app-provider-link')).toBeNull();
    const again = dialog?.querySelector<HTMLElement>('app-problem-face button');
    again?.focus();
    again?.click();
    (await soon('GET', ME_URL)).flush({ id: 'user-1', email: 'a', role: 'SUPER_ADMIN', signsInWith: 'password' });
    await settle();
    expect(dialog?.querySelector('app-problem-face')).toBeNull();
    expect(document.activeElement).toBe(dialog?.querySelector('input[type=password]'));
  });

  describe('at the identity provider', () => {
    const oidc = { startUrl: '/api/v1/auth/oidc/start', issuer: 'https://login.example.org' };
    const opener = jest.spyOn(window, 'open');
    const dialog = () => document.querySelector('app-step-up-dialog');
    const link = () => dialog()?.querySelector<HTMLAnchorElement>('app-provider-link a');
    /** What the window that was opened comes back with. */
    const comeBack = async (code: string | null): Promise<void> => {
      const address = new URL(String(opener.mock.lastCall?.[0]), location.origin);
      const asked = address.searchParams.get('returnTo')?.split('/').at(-1) ?? '';
      const failure = { status: 401, code, detail: null, correlationId: null, retryAfterSeconds: null };
      tellStepUp(asked, code === null ? null : failure, () => undefined)();
      await settle();
    };
    /** Whether the page itself goes there. */
    const leave = async (): Promise<boolean> => {
      let leaves = false;
      const watch = (click: Event): void => {
        leaves = !click.defaultPrevented;
        click.preventDefault();
      };
      document.addEventListener('click', watch, { once: true });
      link()?.focus();
      link()?.click();
      await settle();
      return leaves;
    };

    beforeEach(() => {
      opener.mockReset().mockReturnValue(window);
    });

    it('is the only way of somebody who has no password here', async () => {
      void post('nightly');
      await refuse('oidc', oidc);
      expect(dialog()?.querySelector('input, [type=submit]')).toBeNull();
      expect(dialog()?.textContent).toContain('confirmez auprès de lui');
      expect(link()?.getAttribute('href')).toContain('purpose=step-up');
      expect(document.activeElement).toBe(link());
    });

    it('goes there in a window of its own, of this account, then goes on with what was being done', async () => {
      const button = document.body.appendChild(document.createElement('button'));
      button.focus();
      const answer = post('nightly');
      await refuse('oidc', oidc);
      expect(await leave()).toBe(false);
      const { searchParams } = new URL(String(opener.mock.lastCall?.[0]), location.origin);
      expect(Object.fromEntries(searchParams)).toMatchObject({ purpose: 'step-up', account: 'user-1' });
      expect(searchParams.get('returnTo')).toMatch(/\/stepped-up\/[\w-]{36}$/);
      expect(dialog()?.querySelector('[role=status]')?.textContent).toContain('la fenêtre qui s’est ouverte');
      await comeBack(null);
      // The session that has stepped up is the one that the cookie names by now.
      http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'second'));
      const again = await soon('POST', TOKENS_URL);
      expect(again.request.headers.get('Authorization')).toBe('Bearer second');
      again.flush('made');
      await expect(answer).resolves.toBe('made');
      expect(document.activeElement).toBe(button);
      button.remove();
    });

    it('lets one open the window again where it was closed before it came back', async () => {
      const answer = post('nightly');
      await refuse('oidc', oidc);
      await leave();
      expect(dialog()?.querySelector('[role=status]')?.textContent).toContain('le lien en rouvre une');
      expect(await leave()).toBe(false);
      expect(opener).toHaveBeenCalledTimes(2);
      await comeBack(null);
      http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'second'));
      (await soon('POST', TOKENS_URL)).flush('made');
      await expect(answer).resolves.toBe('made');
    });

    it('says why it did not work out, keeps the focus, and lets one try again', async () => {
      const answer = post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await comeBack('another_account');
      expect(dialog()?.querySelector('app-problem-face')?.textContent).toContain('un autre compte');
      expect(dialog()?.querySelector('[role=status]')).toBeNull();
      expect(document.activeElement).toBe(link());
      http.verify();
      await leave();
      expect(dialog()?.querySelector('app-problem-face')).toBeNull();
      await comeBack(null);
      http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'second'));
      (await soon('POST', TOKENS_URL)).flush('made');
      await expect(answer).resolves.toBe('made');
    });

    it('opens no second window while it goes on already, and one again where that fails', async () => {
      void post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await comeBack(null);
      expect(document.activeElement).toBe(link());
      const click = () => link()?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
      expect(click()).toBe(false);
      expect(opener).toHaveBeenCalledTimes(1);
      expect(link()?.getAttribute('aria-disabled')).toBe('true');
      http.expectOne(RENEW_URL).error(new ProgressEvent('error'));
      await settle();
      click();
      expect(opener).toHaveBeenCalledTimes(2);
    });

    it('does not advise to try again where another account has signed in meanwhile', async () => {
      void post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await comeBack('signed_in_as_another');
      const words = dialog()?.querySelector('app-problem-face')?.textContent;
      expect(words).toContain('Un autre compte s’est connecté entre-temps dans ce navigateur');
      expect(words).toContain('Reconnectez-vous');
      expect(words).not.toMatch(/réessay/i);
    });

    it('keeps the act waiting where the server is not to be reached right then', async () => {
      const answer = post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await comeBack(null);
      http.expectOne(RENEW_URL).error(new ProgressEvent('error'));
      await settle();
      expect(dialog()?.querySelector('app-problem-face')?.textContent).toContain('Le serveur ne répond pas');
      const again = dialog()?.querySelector<HTMLElement>('app-problem-face button');
      again?.focus();
      again?.click();
      await settle();
      expect(document.activeElement).toBe(dialog()?.querySelector('h2'));
      http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'second'));
      (await soon('POST', TOKENS_URL)).flush('made');
      await expect(answer).resolves.toBe('made');
    });

    it('does nothing in the name of another account that has signed in meanwhile', async () => {
      const answer = post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await comeBack(null);
      const { user, ...rest } = signedIn('SUPER_ADMIN', 'of another');
      http.expectOne(RENEW_URL).flush({ ...rest, user: { ...user, id: 'user-2' } });
      await expect(answer).resolves.toBe('refused');
      http.verify();
    });

    it('leaves the page where no window may be opened, and comes back to it', async () => {
      opener.mockReturnValue(null);
      void post('nightly');
      await refuse('oidc', oidc);
      expect(await leave()).toBe(true);
      expect(new URL(link()?.href ?? '').searchParams.get('returnTo')).toBe('/');
      expect(takeLeft('/')).toBe('/');
      expect(dialog()?.querySelector('[role=status]')).toBeNull();
    });

    it('hears no window any more once it was given up', async () => {
      const answer = post('nightly');
      await refuse('oidc', oidc);
      await leave();
      await (await root().getHarness(MatButtonHarness.with({ text: 'Annuler' }))).click();
      await expect(answer).resolves.toBe('refused');
      await comeBack(null);
      http.verify();
    });
  });
});
