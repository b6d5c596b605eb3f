import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { Component } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { HttpTestingController } from '@angular/common/http/testing';
import { Router } from '@angular/router';
import { METHODS_URL, SIGN_IN_URL } from '../api/routes';
import { signedIn } from '../testing/builders';
import { render, settle, setUpPanel, textOf } from '../testing/panel-bed';
import { SignInPage } from './sign-in-page';

@Component({ template: '' })
class BlankPage {}

describe('sign-in page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<SignInPage>;

  async function submit(password: string): Promise<void> {
    const loader = TestbedHarnessEnvironment.loader(fixture);
    await (await loader.getHarness(MatInputHarness.with({ selector: '[type=email]' }))).setValue('admin@localhost');
    await (await loader.getHarness(MatInputHarness.with({ selector: '[type=password]' }))).setValue(password);
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Se connecter' }))).click();
  }

  async function open(back: string, oidc: object | null = null): Promise<void> {
    http = setUpPanel([{ path: '**', component: BlankPage }]);
    fixture = await render(SignInPage, { back });
    http.expectOne(METHODS_URL).flush({ password: true, oidc });
    await settle();
  }

  beforeEach(() => open('/maintenance?status=ready'));

  it('goes back to where the person was', async () => {
    await submit('secret');
    const request = http.expectOne(SIGN_IN_URL);
    expect(request.request.body).toEqual({ email: 'admin@localhost', password: 'secret' });
    request.flush(signedIn());
    await settle();
    expect(TestBed.inject(Router).url).toBe('/maintenance?status=ready');
  });

  it.each([
    [401, 'invalid_credentials', 'Adresse e-mail ou mot de passe incorrect.'],
    [429, 'too_many_requests', 'Réessayez dans 42 s.'],
    [500, 'internal', 'transmettez la référence'],
  ])('says what a %i %s means', async (status, code, words) => {
    await submit('wrong');
    const headers = { 'Retry-After': '42' };
    http.expectOne(SIGN_IN_URL).flush({ code, correlationId: 'c-1' }, { status, statusText: code, headers });
    await settle();
    expect(textOf(fixture)).toContain(words);
  });

  it('says when nobody answers, and sends nothing while a field is empty', async () => {
    await submit('');
    http.expectNone(SIGN_IN_URL);
    expect(textOf(fixture)).toContain('Saisissez votre mot de passe.');
    await submit('secret');
    http.expectOne(SIGN_IN_URL).error(new ProgressEvent('error'));
    await settle();
    expect(textOf(fixture)).toContain('Le serveur ne répond pas.');
  });

  it('lets a password manager know the fields', () => {
    const page = fixture.nativeElement as HTMLElement;
    const hints = Array.from(page.querySelectorAll('input'), (input) => input.autocomplete);
    expect(hints).toEqual(['username', 'current-password']);
  });

  it('asks for the code once the password was right, and only then', async () => {
    await submit('secret');
    const refusal = { code: 'totp_required', correlationId: 'c' };
    http.expectOne(SIGN_IN_URL).flush(refusal, { status: 401, statusText: 'Unauthorized' });
    await settle();
    expect((fixture.nativeElement as HTMLElement).querySelector('app-problem-face')).toBeNull();
    const loader = TestbedHarnessEnvironment.loader(fixture);
    await (
      await loader.getHarness(MatInputHarness.with({ selector: '[autocomplete=one-time-code]' }))
    ).setValue('123456');
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Se connecter' }))).click();
    const request = http.expectOne(SIGN_IN_URL);
    expect(request.request.body).toEqual({ email: 'admin@localhost', password: 'secret', totp: '123456' });
    request.flush(signedIn());
    await settle();
    expect(TestBed.inject(Router).url).toBe('/maintenance?status=ready');
  });

  it('leads to the identity provider where there is one, and tells what it brought back', async () => {
    TestBed.resetTestingModule();
    const oidc = { startUrl: '/api/v1/auth/oidc/start', issuer: 'https://login.example.org/realms/ops' };
    await open('/maintenance?signInError=forbidden', oidc);
    const link = (fixture.nativeElement as HTMLElement).querySelector<HTMLAnchorElement>('app-provider-link a');
    expect(link?.getAttribute('href')).toBe('/api/v1/auth/oidc/start?returnTo=%2Fmaintenance&purpose=sign-in');
    expect(link?.textContent).toContain('login.example.org');
    expect(textOf(fixture)).toContain('ne vous donne aucun rôle ici');
  });
});
