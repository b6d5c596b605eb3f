import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import type { HttpTestingController } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { TOKENS_URL, tokenUrl } from '../api/routes';
import type { Token } from '../api/types';
import { render, settle, setUpPanel, signInAs, soon, textOf } from '../testing/panel-bed';
import { TokensPage } from './tokens-page';

const nightly: Token = {
  id: 'token-1',
  name: 'nightly',
  scopes: ['exports:read'],
  allowedCidrs: null,
  createdAt: '2026-11-01T00:00:00Z',
  createdBy: { id: 'user-1', email: 'admin@localhost' },
  expiresAt: null,
  lastUsedAt: null,
};

describe('tokens page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<TokensPage>;
  const root = () => TestbedHarnessEnvironment.documentRootLoader(fixture);
  const submit = async (): Promise<void> => {
    document.querySelector<HTMLElement>('app-new-token-dialog [type=submit]')?.click();
    await settle();
  };

  beforeEach(async () => {
    http = setUpPanel();
    await signInAs('SUPER_ADMIN');
    fixture = await render(TokensPage);
    http.expectOne(TOKENS_URL).flush([nightly]);
    await settle();
  });

  it('lists what is known of each, never the token itself', () => {
    expect(textOf(fixture)).toContain('nightlyexports:readN’expire pasJamais utiliséCréé par admin@localhost');
  });

  it('makes one with the rights that were ticked, and shows it once', async () => {
    await (await root().getHarness(MatButtonHarness.with({ text: 'Nouveau jeton' }))).click();
    await submit();
    http.expectNone({ method: 'POST' });
    const dialog = await root().getHarness(MatDialogHarness);
    const [name, ranges] = await dialog.getAllHarnesses(MatInputHarness);
    await name?.setValue(' deploy ');
    await ranges?.setValue('10.0.0.0/8, 192.168.0.1');
    document.querySelectorAll<HTMLInputElement>('app-new-token-dialog [type=checkbox]')[1]?.click();
    await submit();
    const order = http.expectOne({ method: 'POST', url: TOKENS_URL });
    expect(order.request.body).toEqual({
      name: 'deploy',
      scopes: ['exports:read', 'exports:create'],
      expiresInDays: 90,
      allowedCidrs: ['10.0.0.0/8', '192.168.0.1'],
    });
    document.querySelector<HTMLElement>('app-new-token-dialog [type=submit]')?.focus();
    order.flush({ ...nightly, token: 'pgx_secret' });
    await settle();
    // The form and its button are gone.
    expect(document.activeElement?.textContent).toBe('Jeton créé');
    expect(document.querySelector('app-new-token-dialog')?.textContent).toContain('pgx_secret');
    document.querySelector<HTMLElement>('app-new-token-dialog mat-dialog-actions button')?.click();
    await settle();
  });

  it('revokes one after asking, and leaves the focus in its place', async () => {
    const revoke = await root().getHarness(MatButtonHarness.with({ text: 'Révoquer' }));
    await revoke.focus();
    await revoke.click();
    const dialog = await root().getHarness(MatDialogHarness);
    void (await (await dialog.getHarness(MatButtonHarness.with({ text: 'Révoquer' }))).host()).click();
    (await soon('DELETE', tokenUrl('token-1'))).flush(null);
    (await soon('GET', TOKENS_URL)).flush([]);
    await settle();
    expect(textOf(fixture)).toContain('Aucun jeton');
    expect(document.activeElement?.textContent).toBe('Jetons d’API');
  });

  it('says why one could not be made, and keeps what was typed', async () => {
    await (await root().getHarness(MatButtonHarness.with({ text: 'Nouveau jeton' }))).click();
    const dialog = await root().getHarness(MatDialogHarness);
    const [name, ranges] = await dialog.getAllHarnesses(MatInputHarness);
    await name?.setValue('deploy');
    await ranges?.setValue('here');
    await submit();
    const refusal = { code: 'invalid_request', detail: 'allowedCidrs.0 must be an address', correlationId: 'c' };
    http.expectOne({ method: 'POST' }).flush(refusal, { status: 400, statusText: 'Bad Request' });
    await settle();
    expect(document.querySelector('app-new-token-dialog')?.textContent).toContain('allowedCidrs.0 must be an address');
    await expect(name?.getValue()).resolves.toBe('deploy');
  });
});
