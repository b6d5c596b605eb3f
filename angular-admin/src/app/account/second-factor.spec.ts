import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import type { HttpTestingController } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { TOTP_CONFIRM_URL, TOTP_URL } from '../api/routes';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { SecondFactor } from './second-factor';

const off = { enabled: false, since: null, recoveryCodesLeft: 0, required: false };
const on = { enabled: true, since: '2026-11-01T10:00:00Z', recoveryCodesLeft: 7, required: false };
const secret = { secret: 'JBSWY3DP', otpauthUrl: 'otpauth://totp/pg-export:admin?secret=JBSWY3DP' };

describe('second factor', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<SecondFactor>;
  const element = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const press = async (text: string): Promise<void> => {
    const buttons = Array.from(element().querySelectorAll('button'));
    const button = buttons.find(({ textContent }) => textContent.includes(text));
    button?.focus();
    button?.click();
    await settle();
  };

  async function open(state: object): Promise<void> {
    http = setUpPanel();
    await signInAs('SUPER_ADMIN');
    fixture = await render(SecondFactor);
    http.expectOne(TOTP_URL).flush(state);
    await settle();
  }

  async function begin(): Promise<void> {
    await press('Mettre en place');
    http.expectOne({ method: 'POST', url: TOTP_URL }).flush(secret);
    await settle();
  }

  async function enter(code: string): Promise<void> {
    await (await TestbedHarnessEnvironment.loader(fixture).getHarness(MatInputHarness)).setValue(code);
    await press('Activer');
  }

  it('is set up with a picture, a code, and recovery codes that are shown once', async () => {
    await open(off);
    await begin();
    expect(document.activeElement?.textContent).toBe('Second facteur');
    expect(element().querySelector('app-qr-code svg')?.getAttribute('aria-label')).toContain('Code QR');
    expect(textOf(fixture)).toContain('JBSWY3DP');
    await enter('12');
    http.expectNone(TOTP_CONFIRM_URL);
    await enter('123456');
    http.expectOne(TOTP_CONFIRM_URL).flush({ recoveryCodes: ['aaaa-bbbb', 'cccc-dddd'] });
    await settle();
    expect(textOf(fixture)).toContain('aaaa-bbbb cccc-dddd');
    await press('Je les ai gardés');
    http.expectOne(TOTP_URL).flush(on);
    await settle();
    expect(textOf(fixture)).toContain('Codes de secours restants : 7');
    expect(document.activeElement?.textContent).toBe('Second facteur');
  });

  it('says that a code is wrong without calling the session into question', async () => {
    await open(off);
    await begin();
    await enter('000000');
    const refusal = { code: 'invalid_credentials', correlationId: 'c' };
    http.expectOne(TOTP_CONFIRM_URL).flush(refusal, { status: 401, statusText: 'Unauthorized' });
    await settle();
    expect(textOf(fixture)).toContain('Ce code n’est pas valable.');
    expect(element().querySelector('app-qr-code')).not.toBeNull();
    http.verify();
  });

  it('cannot be removed where it is required', async () => {
    await open({ ...on, required: true });
    expect(textOf(fixture)).not.toContain('Retirer');
  });
});
