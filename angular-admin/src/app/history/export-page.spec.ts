import { jest } from '@jest/globals';
import { HttpErrorResponse } from '@angular/common/http';
import type { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { type ComponentFixture, TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { requestFailure } from '../api/request-failure';
import { cancelUrl, downloadLinkUrl, EXPORTS_URL, exportTablesUrl, exportUrl } from '../api/routes';
import type { Export } from '../api/types';
import { Delivery } from '../maintenance/delivery';
import { FileDownload } from '../maintenance/file-download';
import { exportOf, failed, ready, running } from '../testing/builders';
import { render, settle, setUpPanel, signInAs, textOf } from '../testing/panel-bed';
import { ExportPage } from './export-page';

@Component({ template: '' })
class BlankPage {}

describe('export page', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<ExportPage>;
  const element = (): HTMLElement => fixture.nativeElement as HTMLElement;
  const next = async (after = 0): Promise<TestRequest | undefined> => {
    await jest.advanceTimersByTimeAsync(after);
    return http.match({ method: 'GET', url: exportUrl('export-1') })[0];
  };
  const hear = async (state: Export, after = 0): Promise<void> => {
    (await next(after))?.flush(state);
    await settle();
    http.match({ url: exportTablesUrl('export-1') }).forEach((request) => {
      request.flush([]);
    });
    await settle();
  };

  async function open(role: 'SUPER_ADMIN' | 'OPS' = 'SUPER_ADMIN'): Promise<void> {
    http = setUpPanel([{ path: '**', component: BlankPage }]);
    await signInAs(role);
    fixture = await render(ExportPage, { id: 'export-1' });
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    fixture.destroy();
    jest.useRealTimers();
  });

  it('shows the result of an export that ended long ago, and what was wanted', async () => {
    await open();
    expect(textOf(fixture)).toContain('Lecture de l’export…');
    await hear({ ...ready(), options: { ...ready().options, excludeTables: [{ schema: 'public', name: 'logs' }] } });
    const text = textOf(fixture);
    for (const part of ['Export de main', 'admin@localhost', 'c0ffee', 'pg_restore', 'Conservé jusqu’au']) {
      expect(text).toContain(part);
    }
    for (const part of ['Archive', 'zstd 1', 'Toutes sauf les tables choisies', 'public.logs']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('recommandé');
    const download = Array.from(element().querySelectorAll('button')).find((one) =>
      one.textContent.includes('Télécharger'),
    );
    download?.click();
    http.expectOne({ method: 'POST', url: downloadLinkUrl('export-1') });
  });

  it('keeps the focus in the page when a download was refused and one tries again', async () => {
    await open();
    await hear(ready());
    const refuse = async (): Promise<void> => {
      const link = http.expectOne({ method: 'POST', url: downloadLinkUrl('export-1') });
      link.flush({ code: 'storage_unavailable' }, { status: 503, statusText: 'Unavailable' });
      await settle();
    };
    const press = async (selector: string): Promise<HTMLElement | null> => {
      const button = element().querySelector<HTMLElement>(selector);
      button?.focus();
      button?.click();
      await settle();
      return button;
    };
    const download = await press('app-run-result .head button');
    await refuse();
    expect(document.activeElement).toBe(download);
    await press('app-problem-face button');
    expect(document.activeElement).toBe(element().querySelector('h1'));
    await refuse();
    expect(document.activeElement).toBe(element().querySelector('h1'));
  });

  it('tells a failure, what to do, its details and its number, and runs it again', async () => {
    await open();
    await hear(failed('lock_timeout'));
    const text = textOf(fixture);
    for (const part of ['verrouillée trop longtemps', 'Attendez la fin', 'pg_dump: error', 'Export n° export-1']) {
      expect(text).toContain(part);
    }
    const again = Array.from(element().querySelectorAll('button')).find((one) => one.textContent.includes('Relancer'));
    again?.click();
    await settle();
    http.expectOne({ method: 'POST', url: EXPORTS_URL }).flush(exportOf({ id: 'export-2' }));
    await settle();
    expect(TestBed.inject(Router).url).toBe('/maintenance');
  });

  it('follows a run that somebody else asked for, and hears of the end of its file', async () => {
    await open();
    await hear(running(41.7));
    expect(textOf(fixture)).toContain('41,7');
    expect(document.title).toContain('41');
    await hear(ready(), 1_000);
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
    await hear({ ...ready(), status: 'expired' }, 30_000);
    expect(textOf(fixture)).not.toContain('Export prêt');
    // Whoever has the file still wants to check and restore it.
    expect(textOf(fixture)).toContain('c0ffee');
  });

  it('says nothing of another file that could not be had', async () => {
    await open();
    await hear(ready());
    const { failure } = TestBed.inject(FileDownload);
    const gone = requestFailure(new HttpErrorResponse({ status: 410 }));
    failure.set({ id: 'export-2', failure: gone });
    await settle();
    expect(element().querySelector('app-problem-face')).toBeNull();
    failure.set({ id: 'export-1', failure: gone });
    await settle();
    expect(element().querySelector('app-problem-face button')).not.toBeNull();
  });

  it('says that there is no such export, and leads to those there are', async () => {
    await open();
    (await next())?.flush({ code: 'not_found' }, { status: 404, statusText: 'Not Found' });
    await settle();
    expect(textOf(fixture)).toContain('Cet export n’existe pas ou plus.');
    expect(element().querySelector('app-empty-face a')?.getAttribute('href')).toBe('/history');
  });

  it('says why it cannot be read, with the reference, and asks again when told to', async () => {
    await open();
    const refusal = { status: 403, statusText: 'Forbidden' };
    (await next())?.flush({ code: 'forbidden', correlationId: 'c-7' }, refusal);
    await settle();
    expect(textOf(fixture)).toContain('c-7');
    element().querySelector<HTMLButtonElement>('app-problem-face button')?.click();
    await hear(ready());
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
  });

  it('waits for an API that is away', async () => {
    await open();
    (await next())?.error(new ProgressEvent('error'));
    await settle();
    expect(textOf(fixture)).toContain('Connexion perdue');
    await hear(ready(), 1_000);
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
  });

  it('still says that its download has started after another one has', async () => {
    await open();
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    const files = TestBed.inject(FileDownload);
    const give = async (id: string): Promise<void> => {
      await settle();
      http.expectOne(downloadLinkUrl(id)).flush({ url: '/file', expiresAt: '' });
      await settle();
    };
    await hear(ready());
    void files.start('export-1');
    await give('export-1');
    expect(textOf(fixture)).toContain('téléchargement a commencé');
    void files.start('export-2');
    await give('export-2');
    expect(textOf(fixture)).toContain('téléchargement a commencé');
    jest.restoreAllMocks();
  });

  it('asks again also for what this tab waits for', async () => {
    await open();
    TestBed.inject(Delivery).expect(exportOf({ id: 'export-9' }));
    fixture.componentRef.setInput('id', 'export-9');
    await settle();
    const asked = async (): Promise<TestRequest | undefined> => {
      await jest.advanceTimersByTimeAsync(1_000);
      return http.match({ method: 'GET', url: exportUrl('export-9') })[0];
    };
    // After a reload nothing of it is known yet.
    TestBed.inject(Delivery).watchOf('export-9')?.current.set(null);
    (await asked())?.flush({ code: 'forbidden', correlationId: 'c-7' }, { status: 403, statusText: 'Forbidden' });
    await settle();
    element().querySelector<HTMLButtonElement>('app-problem-face button')?.click();
    (await asked())?.flush({ ...ready(), id: 'export-9' });
    await settle();
    expect(textOf(fixture)).toContain('Export prêt et vérifié');
  });

  it('gives somebody of OPS no button', async () => {
    await open('OPS');
    await hear(running());
    expect(textOf(fixture)).toContain('41,7');
    const words = Array.from(element().querySelectorAll('button'), (one) => one.textContent.trim());
    expect(words.filter((word) => /Annuler|Relancer|Télécharger/.test(word))).toEqual([]);
    http.expectNone(cancelUrl('export-1'));
  });
});
