import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { MatInputHarness } from '@angular/material/input/testing';
import { PASSWORD_URL, SESSIONS_URL, sessionUrl } from '../api/routes';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { OwnSessions } from './own-sessions';
import { PasswordChange } from './password-change';

const here = {
  id: 'session-1',
  current: true,
  createdAt: '2026-11-23T02:15:00Z',
  refreshedAt: '2026-11-23T02:25:00Z',
  expiresAt: '2026-12-23T02:15:00Z',
};

describe('own sessions', () => {
  it('can be ended elsewhere, and only elsewhere', async () => {
    const http = setUpPanel();
    await signInAs('OPS');
    const fixture = await render(OwnSessions);
    http.expectOne(SESSIONS_URL).flush([here, { ...here, id: 'session-2', current: false }]);
    await settle();
    const buttons = (fixture.nativeElement as HTMLElement).querySelectorAll('button');
    expect(buttons).toHaveLength(1);
    buttons[0]?.focus();
    buttons[0]?.click();
    await settle();
    http.expectOne({ method: 'DELETE', url: sessionUrl('session-2') }).flush(null);
    await settle();
    http.expectOne(SESSIONS_URL).flush([here]);
    await settle();
    expect(textOf(fixture)).toContain('Celle-ci');
    expect(document.activeElement?.textContent).toBe('Sessions');
  });
});

describe('own password', () => {
  it('is changed once it is long enough, and forgotten by the page', async () => {
    const http = setUpPanel();
    await signInAs('OPS');
    const fixture = await render(PasswordChange);
    const submit = (fixture.nativeElement as HTMLElement).querySelector('button');
    const field = await TestbedHarnessEnvironment.loader(fixture).getHarness(MatInputHarness);
    await field.setValue('short');
    submit?.click();
    await settle();
    http.expectNone(PASSWORD_URL);
    await field.setValue('long enough');
    submit?.click();
    await settle();
    const request = http.expectOne({ method: 'POST', url: PASSWORD_URL });
    expect(request.request.body).toEqual({ password: 'long enough' });
    request.flush(null);
    await settle();
    expect(textOf(fixture)).toContain('Mot de passe changé.');
    await expect(field.getValue()).resolves.toBe('');
  });
});
