import { HttpClient } from '@angular/common/http';
import { HttpTestingController, type TestRequest } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Component } from '@angular/core';
import { Router } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { EXPORTS_URL, RENEW_URL, SIGN_IN_URL, SIGN_OUT_URL } from '../api/routes';
import { signedIn } from '../testing/builders';
import { settle, setUpPanel, signInAs } from '../testing/panel-bed';
import { signedIn as onlySignedIn } from './guards';
import { Session } from './session';

@Component({ template: '' })
class BlankPage {}

const ofAnother = signedIn('SUPER_ADMIN', 'of another');
const another = { ...ofAnother, user: { ...ofAnother.user, id: 'user-2' } };
const refused = { status: 401, statusText: 'Unauthorized' };
const signInAsAnother = async (): Promise<void> => {
  const signingIn = TestBed.inject(Session).signIn('other@localhost', 'secret');
  TestBed.inject(HttpTestingController).expectOne(SIGN_IN_URL).flush(another);
  await signingIn;
};
const routes = [
  { path: 'sign-in', component: BlankPage },
  { path: 'unreachable', component: BlankPage },
  { path: 'maintenance', component: BlankPage, canActivate: [onlySignedIn] },
];

describe('session', () => {
  it('renews once for any number of requests that were refused, then sends each again', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const client = TestBed.inject(HttpClient);
    const answers = Promise.all(['?a', '?b', '?c'].map((query) => firstValueFrom(client.get(EXPORTS_URL + query))));
    for (const query of ['?a', '?b', '?c']) http.expectOne(EXPORTS_URL + query).flush(null, refused);
    await settle();

    http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'second'));
    await settle();

    for (const query of ['?a', '?b', '?c']) {
      const again = http.expectOne(EXPORTS_URL + query);
      expect(again.request.headers.get('Authorization')).toBe('Bearer second');
      again.flush(query);
    }
    await expect(answers).resolves.toEqual(['?a', '?b', '?c']);
    http.verify();
  });

  it.each(['before it is refused', 'while the session is renewed for it'])(
    'sends no request again in the name of somebody else, who signs in %s',
    async (when) => {
      const http = setUpPanel(routes);
      await signInAs('SUPER_ADMIN');
      const answer = firstValueFrom(TestBed.inject(HttpClient).post(EXPORTS_URL, {}));
      const request = http.expectOne(EXPORTS_URL);
      const refuse = async () => {
        request.flush(null, refused);
        await settle();
      };
      if (when === 'before it is refused') {
        await signInAsAnother();
        await refuse();
      } else {
        await refuse();
        const renewal = http.expectOne(RENEW_URL);
        await signInAsAnother();
        renewal.flush(signedIn());
      }
      await expect(answer).rejects.toMatchObject({ status: 401 });
      expect(TestBed.inject(Session).user()?.id).toBe('user-2');
      expect(TestBed.inject(Router).url).toBe('/');
      http.verify();
    },
  );

  it('sends nothing again for somebody else that was sent when nobody was signed in any more', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    const renewal = session.renew();
    http.expectOne(RENEW_URL).flush(null, refused);
    await renewal;
    const answer = firstValueFrom(TestBed.inject(HttpClient).get(EXPORTS_URL));
    const request = http.expectOne(EXPORTS_URL);
    await signInAsAnother();
    request.flush(null, refused);
    await expect(answer).rejects.toMatchObject({ status: 401 });
    http.verify();
  });

  it('is over for the page when the cookie has become that of another account, until somebody signs in here', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    // Once, and again.
    for (const token of [() => session.renew(), () => session.tokenAfter('first')]) {
      const given = token();
      http.expectOne(RENEW_URL).flush(another);
      await expect(given).resolves.toBeNull();
      expect(session.user()).toBeNull();
    }
    await signInAsAnother();
    expect(session.user()?.id).toBe('user-2');
  });

  describe('where a renewal answers late', () => {
    it.each<[string, (renewal: TestRequest) => void]>([
      ['with the session of before', (renewal) => renewal.flush(signedIn('SUPER_ADMIN', 'late'))],
      ['that it is over', (renewal) => renewal.flush(null, refused)],
    ])('keeps who has signed in meanwhile: %s', async (_, answer) => {
      const http = setUpPanel(routes);
      await signInAs('SUPER_ADMIN');
      const session = TestBed.inject(Session);
      const renewed = session.renew();
      await signInAsAnother();
      answer(http.expectOne(RENEW_URL));
      await expect(renewed).resolves.toBe('of another');
      expect(session.user()?.id).toBe('user-2');
    });

    it('stays signed out', async () => {
      const http = setUpPanel(routes);
      await signInAs('SUPER_ADMIN');
      const session = TestBed.inject(Session);
      const renewed = session.renew();
      const left = session.signOut();
      http.expectOne(SIGN_OUT_URL).flush(null);
      await left;
      http.expectOne(RENEW_URL).flush(signedIn('SUPER_ADMIN', 'late'));
      await expect(renewed).resolves.toBeNull();
      expect(session.user()).toBeNull();
    });
  });

  it('becomes, once signed out, that of whoever the cookie names by then', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    const left = session.signOut();
    http.expectOne(SIGN_OUT_URL).flush(null);
    await left;
    const given = session.renew();
    http.expectOne(RENEW_URL).flush(another);
    await expect(given).resolves.toBe('of another');
    expect(session.user()?.id).toBe('user-2');
  });

  it('takes the token somebody else renewed meanwhile', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    await expect(session.tokenAfter('an older one')).resolves.toBe('first');
    http.verify();
  });

  it('leads to sign-in, and back, when the session is over', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const router = TestBed.inject(Router);
    await router.navigateByUrl('/maintenance');
    const answer = firstValueFrom(TestBed.inject(HttpClient).get(EXPORTS_URL)).catch(() => 'refused');
    http.expectOne(EXPORTS_URL).flush(null, refused);
    await settle();
    http.expectOne(RENEW_URL).flush(null, refused);
    await expect(answer).resolves.toBe('refused');
    await settle();
    expect(router.url).toBe('/sign-in?back=%2Fmaintenance');
    expect(TestBed.inject(Session).user()).toBeNull();
  });

  it('waits for no server for ever, for the renewal less long than a replaced token is taken', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    const renewed = session.renew().catch(() => 'failed');
    const renewal = http.expectOne(RENEW_URL);
    expect(renewal.request.timeout).toBeLessThan(10_000);
    renewal.error(new ProgressEvent('timeout'));
    await expect(renewed).resolves.toBe('failed');

    const left = session.signOut();
    const farewell = http.expectOne(SIGN_OUT_URL);
    expect(farewell.request.timeout).toBeLessThan(10_000);
    farewell.error(new ProgressEvent('timeout'));
    await left;
    expect(session.user()).toBeNull();
  });

  it('comes back after a reload by the cookie alone', async () => {
    const http = setUpPanel(routes);
    const arrived = TestBed.inject(Router).navigateByUrl('/maintenance');
    await settle();
    http.expectOne(RENEW_URL).flush(signedIn());
    await expect(arrived).resolves.toBe(true);
    expect(TestBed.inject(Router).url).toBe('/maintenance');
  });

  it('keeps the address and waits when the API cannot be asked', async () => {
    const http = setUpPanel(routes);
    const router = TestBed.inject(Router);
    const arrived = router.navigateByUrl('/maintenance');
    await settle();
    http.expectOne(RENEW_URL).error(new ProgressEvent('error'));
    await arrived;
    expect(router.url).toBe('/unreachable?back=%2Fmaintenance');
  });

  it('is over for this page after signing out, whatever the server says, and leaves no token behind', async () => {
    const http = setUpPanel(routes);
    await signInAs('SUPER_ADMIN');
    const session = TestBed.inject(Session);
    const left = session.signOut();
    http.expectOne(SIGN_OUT_URL).error(new ProgressEvent('error'));
    await left;
    expect(session.token()).toBeNull();
    expect(JSON.stringify([localStorage, sessionStorage])).not.toContain('first');
  });
});
