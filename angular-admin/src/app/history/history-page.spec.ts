import { Location } from '@angular/common';
import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import type { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatMenuHarness } from '@angular/material/menu/testing';
import { Router, RouterOutlet, withComponentInputBinding, provideRouter } from '@angular/router';
import type { ComponentFixture } from '@angular/core/testing';
import { DATABASES_URL, EXPORTS_URL, exportUrl } from '../api/routes';
import type { Export } from '../api/types';
import { database, exportOf, ready } from '../testing/builders';
import { render, settle, setUpPanel, signInAs, soon, textOf } from '../testing/panel-bed';
import { HistoryPage } from './history-page';

@Component({ imports: [RouterOutlet], template: '<router-outlet />' })
class Frame {}
@Component({ template: '' })
class BlankPage {}

const routes = [
  { path: 'history', component: HistoryPage },
  { path: '**', component: BlankPage },
];

describe('history page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<Frame>;

  const lists = (): TestRequest[] => http.match((request) => request.method === 'GET' && request.url === EXPORTS_URL);
  const wanted = (request: TestRequest): Record<string, string | null> => {
    const { params } = request.request;
    return Object.fromEntries(params.keys().map((key) => [key, params.get(key)]));
  };

  async function open(
    url: string,
    items: Export[],
    nextCursor: string | null = null,
  ): Promise<TestRequest | undefined> {
    await TestBed.inject(Router).navigateByUrl(url);
    await settle();
    http.match(DATABASES_URL).forEach((request) => {
      request.flush([database(), database({ name: 'billing' })]);
    });
    // A question that another one overtook is cancelled.
    const request = lists().findLast(({ cancelled }) => !cancelled);
    request?.flush({ items, nextCursor });
    await settle();
    return request;
  }

  /** The list that is asked for once the browser has turned a page of its own, which takes real time. */
  async function soonList(): Promise<TestRequest> {
    for (;;) {
      await settle();
      const request = lists().findLast(({ cancelled }) => !cancelled);
      if (request !== undefined) return request;
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  beforeEach(async () => {
    http = setUpPanel([], [provideRouter(routes, withComponentInputBinding())]);
    await signInAs('SUPER_ADMIN');
    fixture = await render(Frame);
  });
  afterEach(() => {
    fixture.destroy();
  });

  it('shows what the address says', async () => {
    const request = await open('/history?status=ready&database=billing&cursor=abc', [ready()]);
    expect(request && wanted(request)).toEqual({ status: 'ready', database: 'billing', cursor: 'abc', limit: '20' });
    expect(textOf(fixture)).toContain('Prêt');
  });

  it('asks for no status that does not exist', async () => {
    const request = await open('/history?status=nonsense', []);
    expect(request && wanted(request)).toEqual({ limit: '20' });
  });

  it('keeps a filter in the address, and starts at its first page', async () => {
    await open('/history?cursor=abc', [ready()]);
    const select = (fixture.nativeElement as HTMLElement).querySelector('select')!;
    select.value = 'failed';
    select.dispatchEvent(new Event('change'));
    await settle();
    expect(TestBed.inject(Router).url).toBe('/history?status=failed');
    const request = lists().findLast(({ cancelled }) => !cancelled);
    expect(request && wanted(request)).toEqual({ status: 'failed', limit: '20' });
    request?.flush({ items: [], nextCursor: null });
    await settle();
    expect(textOf(fixture)).toContain('Aucun export ne correspond à ces filtres.');
  });

  it('goes to older exports and back', async () => {
    await open('/history', [ready()], 'older');
    const press = async (text: RegExp): Promise<void> => {
      const buttons = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('button'));
      buttons.find(({ textContent }) => text.test(textContent))?.click();
      await settle();
      await settle();
    };
    await press(/Plus anciens/);
    expect(TestBed.inject(Router).url).toBe('/history?cursor=older');
    lists().forEach((request) => {
      if (!request.cancelled) request.flush({ items: [exportOf({ id: 'export-0' })], nextCursor: null });
    });
    await settle();
    await press(/Plus récents/);
    expect(TestBed.inject(Router).url).toBe('/history');
    lists().forEach((request) => {
      if (!request.cancelled) request.flush({ items: [], nextCursor: null });
    });
    await settle();
  });

  it('goes to the page before the one shown, also after the browser’s own Back', async () => {
    const answer = async (nextCursor: string): Promise<void> => {
      await settle();
      for (const request of lists()) if (!request.cancelled) request.flush({ items: [ready()], nextCursor });
      await settle();
    };
    const press = async (text: RegExp, next: string): Promise<void> => {
      const buttons = Array.from((fixture.nativeElement as HTMLElement).querySelectorAll('button'));
      buttons.find(({ textContent }) => text.test(textContent))?.click();
      await settle();
      await answer(next);
    };
    await open('/history', [ready()], 'page-2');
    await press(/Plus anciens/, 'page-3');
    await press(/Plus anciens/, 'page-4');
    await press(/Plus anciens/, 'page-5');
    expect(TestBed.inject(Router).url).toBe('/history?cursor=page-4');
    TestBed.inject(Router).setUpLocationChangeListener();
    TestBed.inject(Location).back();
    const turned = await soonList();
    turned.flush({ items: [ready()], nextCursor: 'page-4' });
    await settle();
    expect(TestBed.inject(Router).url).toBe('/history?cursor=page-3');
    await press(/Plus récents/, 'page-3');
    expect(TestBed.inject(Router).url).toBe('/history?cursor=page-2');
  });

  it('runs an export again with its options', async () => {
    const options = { ...ready().options, compression: 'gzip' as const, compressionLevel: 9 };
    await open('/history', [{ ...ready(), options }]);
    const loader = TestbedHarnessEnvironment.loader(fixture);
    const menu = await loader.getHarness(MatMenuHarness);
    await menu.open();
    document.querySelectorAll<HTMLElement>('.mat-mdc-menu-panel button')[0]?.click();
    await settle();
    const order = http.expectOne({ method: 'POST', url: EXPORTS_URL });
    expect(order.request.body).toMatchObject({ database: 'main', compression: 'gzip', compressionLevel: 9 });
    order.flush(exportOf());
    await settle();
    expect(TestBed.inject(Router).url).toBe('/maintenance');
  });

  it('deletes a file after asking, and nothing without', async () => {
    await open('/history', [ready()]);
    const root = TestbedHarnessEnvironment.documentRootLoader(fixture);
    const menu = await root.getHarness(MatMenuHarness);
    await menu.open();
    const [item] = await menu.getItems({ text: /Supprimer/ });
    await item?.focus();
    await item?.click();
    await (
      await (await root.getHarness(MatDialogHarness)).getHarness(MatButtonHarness.with({ text: /Garder/ }))
    ).click();
    // Or the next dialog would be sought for while this one is still on its way out.
    while (document.querySelector('mat-dialog-container') !== null) await new Promise((done) => setTimeout(done, 5));
    http.expectNone({ method: 'DELETE' });
    expect(document.activeElement?.getAttribute('aria-label')).toContain('Autres actions');
    await menu.open();
    await menu.clickItem({ text: /Supprimer/ });
    const dialog = await root.getHarness(MatDialogHarness);
    const yes = await dialog.getHarness(MatButtonHarness.with({ text: 'Supprimer' }));
    const host = await yes.host();
    void host.click();
    (await soon('DELETE', exportUrl('export-1'))).flush(null);
    await settle();
    // On a slow machine the page has asked in between, and asks anew.
    lists()
      .filter(({ cancelled }) => !cancelled)
      .forEach((request) => {
        request.flush({ items: [], nextCursor: null });
      });
    await settle();
    // The row and its menu are gone.
    expect(document.activeElement?.textContent).toBe('Historique');
  });

  it('gives somebody of OPS the list without actions', async () => {
    TestBed.resetTestingModule();
    http = setUpPanel([], [provideRouter(routes, withComponentInputBinding())]);
    await signInAs('OPS');
    fixture = await render(Frame);
    await open('/history', [ready()]);
    expect((fixture.nativeElement as HTMLElement).querySelectorAll('td button')).toHaveLength(0);
  });
});
