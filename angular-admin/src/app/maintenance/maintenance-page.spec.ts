import { jest } from '@jest/globals';
import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed';
import { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { MatButtonHarness } from '@angular/material/button/testing';
import { MatDialogHarness } from '@angular/material/dialog/testing';
import { MatProgressBarHarness } from '@angular/material/progress-bar/testing';
import {
  cancelUrl,
  DATABASES_URL,
  downloadLinkUrl,
  ESTIMATE_URL,
  EXPORTS_URL,
  exportTablesUrl,
  exportUrl,
} from '../api/routes';
import type { Export } from '../api/types';
import { PageAssembly } from '../assembly/page-assembly';
import { database, exportOf, failed, ready, running } from '../testing/builders';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { AskedHere } from './asked-here';
import { MaintenancePage } from './maintenance-page';

const BUTTON = 'Exporter la base de données';
const WARNING = 'Cette opération peut être longue et consommer des ressources.';

describe('maintenance page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<MaintenancePage>;
  let downloads: string[];

  /** What another question has taken the place of is answered to nobody. */
  const asked = (method: string, url: string): TestRequest[] =>
    http.match((one) => one.method === method && one.url === url).filter(({ cancelled }) => !cancelled);
  const list = (): TestRequest[] => asked('GET', EXPORTS_URL);
  const button = (): HTMLButtonElement | null => (fixture.nativeElement as HTMLElement).querySelector('.order button');

  /** Answers what the page reads by itself: the databases, the history, and what it can do without. */
  async function answerReads(items: Export[]): Promise<void> {
    const none = { status: 404, statusText: 'Not Found' };
    for (let round = 0; round < 3; round++) {
      await jest.advanceTimersByTimeAsync(0);
      for (const request of asked('GET', DATABASES_URL)) request.flush([database()]);
      for (const request of list()) request.flush({ items, nextCursor: null });
      for (const request of asked('POST', ESTIMATE_URL)) request.flush(null, none);
      for (const { id } of items) for (const request of asked('GET', exportTablesUrl(id))) request.flush([]);
      await settle();
    }
  }

  async function open(role: 'SUPER_ADMIN' | 'OPS', items: Export[] = []): Promise<void> {
    await signInAs(role);
    fixture = await render(MaintenancePage);
    await answerReads(items);
    // A run that is picked up makes the page read again.
    await answerReads(items);
  }

  /** The next status request, answered. */
  async function poll(state: Export, headers: Record<string, string> = {}): Promise<void> {
    await jest.advanceTimersByTimeAsync(1_000);
    const [request] = asked('GET', exportUrl(state.id));
    expect(request).toBeDefined();
    request?.flush(state, { headers });
    await settle();
    await answerReads([state]);
  }

  beforeEach(() => {
    jest.useFakeTimers();
    http = setUpPanel();
    downloads = [];
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push(this.getAttribute('href') ?? '');
    });
  });

  afterEach(() => {
    fixture.destroy();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('shows the database, and the warning beside the button', async () => {
    await open('SUPER_ADMIN');
    expect(textOf(fixture)).toContain('PostgreSQL 15.18');
    expect(button()?.textContent.trim()).toBe(BUTTON);
    expect(button()?.parentElement?.textContent).toContain(WARNING);
    expect(textOf(fixture)).toContain('Aucun export pour l’instant.');
  });

  it('puts the way to the whole history below the rows when they are all there: it would move with each of them', async () => {
    TestBed.inject(PageAssembly).begin();
    await signInAs('SUPER_ADMIN');
    fixture = await render(MaintenancePage);
    const ids = ['1', '2', '3', '4', '5', '6'];
    const element = fixture.nativeElement as HTMLElement;
    const rowsAtLink = new Set<number>();
    for (let turn = 0; turn < 30; turn++) {
      await jest.advanceTimersByTimeAsync(1);
      await answerReads(ids.map((id) => ({ ...ready(), id })));
      if (element.querySelector('.all') !== null) rowsAtLink.add(element.querySelectorAll('tbody tr').length);
    }
    expect([...rowsAtLink]).toEqual([ids.length]);
  });

  it('makes one export of a double click, then waits for its end', async () => {
    await open('SUPER_ADMIN');
    button()?.click();
    button()?.click();
    const orders = asked('POST', EXPORTS_URL);
    expect(orders).toHaveLength(1);
    expect(orders[0]?.request.headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{36}$/);
    orders[0]?.flush(exportOf(), { status: 202, statusText: 'Accepted' });
    await settle();
    button()?.click();
    expect(asked('POST', EXPORTS_URL)).toHaveLength(0);
  });

  it('repeats a lost order under the same key, also when the person clicks again', async () => {
    await open('SUPER_ADMIN');
    button()?.click();
    const keys = new Set<string | null>();
    for (let attempt = 0; attempt < 5; attempt++) {
      const [order] = asked('POST', EXPORTS_URL);
      keys.add(order?.request.headers.get('Idempotency-Key') ?? null);
      order?.error(new ProgressEvent('error'));
      await jest.advanceTimersByTimeAsync(15_000);
    }
    await settle();
    expect(textOf(fixture)).toContain('Le serveur ne répond pas.');
    button()?.click();
    const [last] = asked('POST', EXPORTS_URL);
    keys.add(last?.request.headers.get('Idempotency-Key') ?? null);
    expect(keys.size).toBe(1);
  });

  it('follows a run and starts its download by itself, once', async () => {
    await open('SUPER_ADMIN');
    button()?.click();
    asked('POST', EXPORTS_URL)[0]?.flush(exportOf());
    await settle();
    await poll(running());
    const bar = await TestbedHarnessEnvironment.loader(fixture).getHarness(MatProgressBarHarness);
    await expect(bar.getValue()).resolves.toBe(41.7);
    expect(document.title).toContain('41');
    expect(textOf(fixture)).toContain('public.orders');

    await poll(ready());
    const links = asked('POST', downloadLinkUrl('export-1'));
    expect(links).toHaveLength(1);
    links[0]?.flush({ url: '/api/v1/file?signature=x', expiresAt: '' });
    await settle();
    expect(downloads).toEqual(['/api/v1/file?signature=x']);
    expect(document.title).not.toContain('%');

    await jest.advanceTimersByTimeAsync(20_000);
    await answerReads([ready()]);
    expect(asked('POST', downloadLinkUrl('export-1'))).toHaveLength(0);
    expect(asked('GET', exportUrl('export-1'))).toHaveLength(0);
  });

  it('picks up a run after a reload, and downloads nothing another page asked for', async () => {
    await open('SUPER_ADMIN', [running(10)]);
    expect(textOf(fixture)).toContain('10,0');
    await poll(ready());
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
    expect(asked('POST', downloadLinkUrl('export-1'))).toHaveLength(0);
  });

  it('downloads after a reload what this tab asked for and was made meanwhile', async () => {
    await signInAs('SUPER_ADMIN');
    TestBed.inject(AskedHere).add('export-1');
    fixture = await render(MaintenancePage);
    await answerReads([ready()]);
    asked('GET', exportUrl('export-1'))[0]?.flush(ready());
    await settle();
    const [link] = asked('POST', downloadLinkUrl('export-1'));
    link?.flush({ url: '/api/v1/file?signature=x', expiresAt: '' });
    await settle();
    expect(downloads).toHaveLength(1);
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
  });

  /** Orders an export and follows it to this end. */
  async function orderUntil(end: Export): Promise<void> {
    button()?.click();
    asked('POST', EXPORTS_URL)[0]?.flush(exportOf());
    await settle();
    await poll(end);
  }

  it('leaves the result of this tab in its place when somebody else’s export begins', async () => {
    await open('SUPER_ADMIN');
    await orderUntil(ready());
    const other = {
      ...running(10),
      id: 'export-2',
      requestedBy: { id: 'user-2', email: 'x@y', via: 'session' as const },
    };
    await jest.advanceTimersByTimeAsync(4_000);
    await answerReads([other, ready()]);
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
    expect((fixture.nativeElement as HTMLElement).querySelector('app-run-progress')).toBeNull();
    expect(textOf(fixture)).toContain('10,0');
  });

  it.each([
    ['result', ready(), 'Export prêt et vérifié'],
    ['failure', failed('lock_timeout'), 'Attendez la fin de la migration'],
  ])('shows the %s again after a reload', async (_, end, words) => {
    await open('SUPER_ADMIN');
    await orderUntil(end);
    fixture.destroy();
    fixture = await render(MaintenancePage);
    await answerReads([end]);
    await jest.advanceTimersByTimeAsync(0);
    asked('GET', exportUrl('export-1'))[0]?.flush(end);
    await settle();
    expect(textOf(fixture)).toContain(words);
  });

  it('tells in the row and in the panel that a finished file was deleted', async () => {
    await open('SUPER_ADMIN');
    await orderUntil(ready());
    await jest.advanceTimersByTimeAsync(4_000);
    await answerReads([{ ...ready(), status: 'deleted' }]);
    expect(textOf(fixture)).not.toContain('Prêt');
    expect(textOf(fixture)).not.toContain('Export prêt');
    expect(textOf(fixture)).toContain('Le fichier a été supprimé.');
  });

  it('takes a list that is older than the end it heard for what it is', async () => {
    await open('SUPER_ADMIN', [running()]);
    await jest.advanceTimersByTimeAsync(1_000);
    asked('GET', exportUrl('export-1'))[0]?.flush(ready());
    await settle();
    await answerReads([running()]);
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
    expect(textOf(fixture)).not.toContain('En cours');
  });

  it('asks again by itself whether the databases can be reached, and what an export would take', async () => {
    await open('SUPER_ADMIN');
    await jest.advanceTimersByTimeAsync(30_000);
    await settle();
    asked('GET', DATABASES_URL)[0]?.flush([database({ reachable: false, problem: 'connection refused' })]);
    await settle();
    expect(textOf(fixture)).toContain('Injoignable');
    await jest.advanceTimersByTimeAsync(5_000);
    await settle();
    asked('GET', DATABASES_URL)[0]?.flush([database()]);
    await settle();
    expect(textOf(fixture)).toContain('Joignable');
    await jest.advanceTimersByTimeAsync(500);
    await answerReads([]);
    await jest.advanceTimersByTimeAsync(30_000);
    await settle();
    asked('GET', DATABASES_URL)[0]?.flush([database()]);
    await settle();
    await jest.advanceTimersByTimeAsync(500);
    await settle();
    expect(asked('POST', ESTIMATE_URL)).toHaveLength(1);
  });

  it.each([
    ['the databases', DATABASES_URL, 'main'],
    ['the history', EXPORTS_URL, 'Historique'],
  ])('keeps the focus in its place when %s that could not be read are read again', async (_, url, place) => {
    await signInAs('SUPER_ADMIN');
    fixture = await render(MaintenancePage);
    await jest.advanceTimersByTimeAsync(0);
    for (const request of http.match((one) => one.method === 'GET' && one.url === url)) {
      request.flush({ code: 'internal' }, { status: 500, statusText: 'x' });
    }
    await settle();
    const retry = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>('app-problem-face button');
    retry?.focus();
    expect(document.activeElement).toBe(retry);
    retry?.click();
    await answerReads([]);
    expect(retry?.isConnected).toBe(false);
    expect(document.activeElement?.tagName).toBe('H2');
    expect(document.activeElement?.textContent).toContain(place);
  });

  it('recovers by itself when the databases could not be read at first, and at once when the line is back', async () => {
    await signInAs('SUPER_ADMIN');
    fixture = await render(MaintenancePage);
    await jest.advanceTimersByTimeAsync(0);
    asked('GET', DATABASES_URL)[0]?.error(new ProgressEvent('error'));
    await settle();
    expect(textOf(fixture)).toContain('Le serveur ne répond pas.');
    window.dispatchEvent(new Event('online'));
    await settle();
    const [second] = asked('GET', DATABASES_URL);
    expect(second).toBeDefined();
    second?.error(new ProgressEvent('error'));
    await settle();
    await jest.advanceTimersByTimeAsync(5_000);
    await answerReads([]);
    expect(textOf(fixture)).toContain('PostgreSQL 15.18');
    expect(textOf(fixture)).not.toContain('Le serveur ne répond pas.');
  });

  it('asks for the history anew while the first question is under way, which may hang', async () => {
    await signInAs('SUPER_ADMIN');
    fixture = await render(MaintenancePage);
    await jest.advanceTimersByTimeAsync(0);
    const [slow] = list();
    expect(slow).toBeDefined();
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(slow?.cancelled).toBe(true);
    expect(list()).toHaveLength(1);
  });

  it('asks with the ETag, takes 304 for no news, and outlives a lost connection', async () => {
    await open('SUPER_ADMIN', [running()]);
    await poll(running(), { ETag: '"1"' });
    await jest.advanceTimersByTimeAsync(1_000);
    const [unchanged] = asked('GET', exportUrl('export-1'));
    expect(unchanged?.request.headers.get('If-None-Match')).toBe('"1"');
    expect(unchanged?.request.headers.get('Prefer')).toBe('wait=20');
    unchanged?.flush(null, { status: 304, statusText: 'Not Modified' });
    await settle();
    // Something on the way did not let the question wait: the pause grows.
    await jest.advanceTimersByTimeAsync(1_000);
    expect(asked('GET', exportUrl('export-1'))).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(500);
    asked('GET', exportUrl('export-1'))[0]?.error(new ProgressEvent('error'));
    await settle();
    expect(textOf(fixture)).toContain('Connexion perdue');
    await jest.advanceTimersByTimeAsync(1_000);
    const down = { status: 503, statusText: 'Service Unavailable' };
    asked('GET', exportUrl('export-1'))[0]?.flush({ code: 'unavailable', correlationId: 'c-1' }, down);
    await settle();
    await jest.advanceTimersByTimeAsync(1_000);
    await poll(running(50));
    expect(textOf(fixture)).not.toContain('Connexion perdue, nouvelle tentative en cours. L’export');
    expect(textOf(fixture)).toContain('50,0');
  });

  it('cancels after asking', async () => {
    await open('SUPER_ADMIN', [running()]);
    const root = TestbedHarnessEnvironment.documentRootLoader(fixture);
    const cancel = await root.getHarness(MatButtonHarness.with({ text: 'Annuler' }));
    await cancel.focus();
    await cancel.click();
    const dialog = await root.getHarness(MatDialogHarness);
    await (await dialog.getHarness(MatButtonHarness.with({ text: 'Annuler l’export' }))).click();
    await jest.advanceTimersByTimeAsync(500);
    await settle();
    const [order] = asked('POST', cancelUrl('export-1'));
    expect(order).toBeDefined();
    order?.flush({});
    await settle();
    await poll(exportOf({ status: 'cancelled' }));
    expect(textOf(fixture)).toContain('L’export a été annulé');
    // The button that was pressed is gone: the focus stays in its place.
    expect(document.activeElement?.tagName).toBe('H3');
  });

  it('tells a failure in words, with pg_dump’s own behind it as plain text', async () => {
    await open('SUPER_ADMIN', [running()]);
    await poll(failed('lock_timeout'));
    expect(textOf(fixture)).toContain('Une table est restée verrouillée trop longtemps.');
    const details = (fixture.nativeElement as HTMLElement).querySelector('details pre');
    expect(details?.textContent).toContain('<b>no</b>');
    expect(details?.querySelector('b')).toBeNull();
  });

  it('gives somebody of OPS the progress and the history without a button', async () => {
    await open('OPS', [running(), { ...ready(), id: 'export-0' }]);
    expect(textOf(fixture)).toContain('41,7');
    expect(textOf(fixture)).toContain('Prêt');
    const buttons = await TestbedHarnessEnvironment.loader(fixture).getAllHarnesses(MatButtonHarness);
    expect(buttons).toHaveLength(0);
    expect(textOf(fixture)).not.toContain(BUTTON);
  });

  it('says why an order was refused, with its reference', async () => {
    await open('SUPER_ADMIN');
    button()?.click();
    const refusal = { status: 503, statusText: 'Service Unavailable' };
    asked('POST', EXPORTS_URL)[0]?.flush({ code: 'exports_disabled', correlationId: 'c-42' }, refusal);
    await settle();
    expect(textOf(fixture)).toContain('Les exports sont désactivés');
    expect(textOf(fixture)).toContain('c-42');
  });
});
