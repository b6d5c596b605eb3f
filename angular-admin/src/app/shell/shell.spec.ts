import { HttpTestingController } from '@angular/common/http/testing';
import { Component, signal } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { MatDialog } from '@angular/material/dialog';
import { Router, RouterLink, RouterOutlet } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { RENEW_URL } from '../api/routes';
import { Session } from '../session/session';
import { render, settle, setUpPanel, signInAs } from '../testing/panel-bed';
import { Shell } from './shell';

@Component({ imports: [RouterOutlet], template: '<router-outlet />' })
class Frame {}
@Component({
  imports: [RouterLink],
  template: `
    <h1>{{ 'List' }}</h1>
    <a class="onward" routerLink="/history/1">{{ 'Onward' }}</a>
    @if (failed()) {
      <button class="again" type="button" (click)="failed.set(false)">{{ 'Again' }}</button>
    }
  `,
})
class ListPage {
  protected readonly failed = signal(true);
}
@Component({ template: '' })
class BlankPage {}

describe('shell', () => {
  let fixture: ComponentFixture<Frame>;
  const element = (): HTMLElement => fixture.nativeElement as HTMLElement;

  beforeEach(async () => {
    const children = [
      { path: 'history', component: ListPage },
      { path: 'history/:id', component: BlankPage },
    ];
    setUpPanel([{ path: '', component: Shell, children }]);
    await signInAs('SUPER_ADMIN');
    fixture = await render(Frame);
    await TestBed.inject(Router).navigateByUrl('/history');
    await settle();
  });
  afterEach(() => {
    fixture.destroy();
  });

  const follow = async (link: HTMLElement | null): Promise<void> => {
    link?.focus();
    link?.click();
    await settle();
    await settle();
    expect(TestBed.inject(Router).url).toBe('/history/1');
  };

  it('leads the focus to the page when the link to it is gone with its own', async () => {
    await follow(element().querySelector<HTMLElement>('a.onward'));
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  it("leads it to the page's heading when what had it is gone, and the page is not", async () => {
    const again = element().querySelector<HTMLElement>('.again');
    again?.focus();
    again?.click();
    await settle();
    expect(document.activeElement?.textContent).toBe('List');
  });

  it('leaves it where it is on a link that stays', async () => {
    const stays = element().querySelector<HTMLElement>('app-main-nav nav a');
    stays?.focus();
    await TestBed.inject(Router).navigateByUrl('/history/1');
    await settle();
    expect(document.activeElement).toBe(stays);
  });

  it('leaves no dialog open when the session is over: it may show a token', async () => {
    const dialogs = TestBed.inject(MatDialog);
    const closed = firstValueFrom(dialogs.open(BlankPage, { disableClose: true }).afterClosed());
    const renewed = TestBed.inject(Session).renew();
    TestBed.inject(HttpTestingController).expectOne(RENEW_URL).flush(null, { status: 401, statusText: 'Unauthorized' });
    await renewed;
    TestBed.tick();
    await closed;
    expect(dialogs.openDialogs).toEqual([]);
  });
});
