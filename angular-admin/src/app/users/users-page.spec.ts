import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import type { HttpTestingController } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatInputHarness } from '@angular/material/input/testing';
import { MatMenuHarness } from '@angular/material/menu/testing';
import { resetPasswordUrl, USERS_URL, userUrl } from '../api/routes';
import { render, settle, setUpPanel, signInAs, soon, textOf } from '../testing/panel-bed';
import { UsersPage } from './users-page';

const accounts = [
  { id: 'user-1', email: 'admin@localhost', role: 'SUPER_ADMIN', disabled: false },
  { id: 'user-2', email: 'ops@example.org', role: 'OPS', disabled: true },
];

describe('users page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<UsersPage>;
  const root = () => TestbedHarnessEnvironment.documentRootLoader(fixture);
  /** Opens the menu of an account and clicks what its text says, without waiting for the answer. */
  const choose = async (row: number, text: RegExp): Promise<void> => {
    const menus = await root().getAllHarnesses(MatMenuHarness);
    await menus[row]?.open();
    const items = Array.from(document.querySelectorAll<HTMLElement>('.mat-mdc-menu-panel button'));
    items.find(({ textContent }) => text.test(textContent))?.click();
    await settle();
  };

  beforeEach(async () => {
    http = setUpPanel();
    await signInAs('SUPER_ADMIN');
    fixture = await render(UsersPage);
    http.expectOne(USERS_URL).flush(accounts);
    await settle();
  });

  it('lists who may come in, and marks oneself and who is shut out', () => {
    expect(textOf(fixture)).toContain('admin@localhostSuper-administrateurC’est vous');
    expect(textOf(fixture)).toContain('ops@example.orgExploitationDésactivé');
  });

  it('keeps the focus when accounts that could not be read are read again', async () => {
    fixture.destroy();
    fixture = await render(UsersPage);
    http.expectOne(USERS_URL).flush({ code: 'internal' }, { status: 500, statusText: 'x' });
    await settle();
    const retry = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>('app-problem-face button');
    retry?.focus();
    expect(document.activeElement).toBe(retry);
    retry?.click();
    await settle();
    http.expectOne(USERS_URL).flush(accounts);
    await settle();
    expect(document.activeElement?.tagName).toBe('H1');
  });

  it('lets somebody in again', async () => {
    await choose(1, /Réactiver/);
    const change = http.expectOne({ method: 'PATCH', url: userUrl('user-2') });
    expect(change.request.body).toEqual({ disabled: false });
    change.flush({ ...accounts[1], disabled: false });
    await settle();
    http.expectOne({ method: 'GET', url: USERS_URL }).flush(accounts);
  });

  it('says that the last super administrator stays', async () => {
    await choose(0, /Passer au rôle/);
    const change = http.expectOne({ method: 'PATCH', url: userUrl('user-1') });
    expect(change.request.body).toEqual({ role: 'OPS' });
    change.flush({ code: 'last_super_admin', correlationId: 'c' }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(textOf(fixture)).toContain('Il faut garder au moins un super-administrateur actif.');
  });

  it('shows a new password once', async () => {
    await choose(1, /Nouveau mot de passe/);
    document.querySelectorAll<HTMLElement>('app-confirm-dialog button')[1]?.click();
    (await soon('POST', resetPasswordUrl('user-2'))).flush({ password: 'fresh-and-long' });
    await settle();
    expect(textOf(fixture)).toContain(
      'Nouveau mot de passe de ops@example.org, affiché cette seule foisfresh-and-long',
    );
  });

  it('makes an account, once its password is long enough', async () => {
    await (await root().getHarness(MatButtonHarness.with({ text: 'Nouveau compte' }))).click();
    const dialog = await root().getHarness(MatDialogHarness);
    const [email, password] = await dialog.getAllHarnesses(MatInputHarness);
    const submit = document.querySelector<HTMLElement>('app-new-user-dialog [type=submit]');
    await email?.setValue('new@example.org');
    await password?.setValue('short');
    submit?.click();
    await settle();
    http.expectNone({ method: 'POST' });
    await password?.setValue('long enough');
    submit?.click();
    await settle();
    const order = http.expectOne({ method: 'POST', url: USERS_URL });
    expect(order.request.body).toEqual({ email: 'new@example.org', password: 'long enough', role: 'OPS' });
    order.flush({ id: 'user-3', email: 'new@example.org', role: 'OPS', disabled: false });
    await settle();
  });
});
