import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { HttpClient } from '@angular/common/http';
import type { HttpTestingController } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { firstValueFrom } from 'rxjs';
import { ME_URL, METHODS_URL, STEP_UP_URL, TOKENS_URL } from '../api/routes';
import { render, settle, setUpPanel, signInAs, soon } from '../testing/panel-bed';

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
    http = setUpPanel();
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

  it('sends somebody who has no password here to the identity provider, and nowhere else', async () => {
    void post('nightly');
    await refuse('oidc', { startUrl: '/api/v1/auth/oidc/start', issuer: 'https://login.example.org' });
    const dialog = document.querySelector('app-step-up-dialog');
    expect(dialog?.querySelector('input')).toBeNull();
    expect(dialog?.querySelector('[type=submit]')).toBeNull();
    expect(dialog?.textContent).toContain('confirmez auprès de lui');
    expect(dialog?.querySelector('a')?.getAttribute('href')).toContain('purpose=step-up');
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
});
