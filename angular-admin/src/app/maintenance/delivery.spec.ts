import { jest } from '@jest/globals';
import type { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { MatSnackBar } from '@angular/material/snack-bar';
import { downloadLinkUrl, exportUrl, RENEW_URL } from '../api/routes';
import type { Export } from '../api/types';
import { exportOf, failed, ready, running } from '../testing/builders';
import { settle, setUpPanel, signInAs } from '../testing/panel-bed';
import { Session } from '../session/session';
import { AskedHere } from './asked-here';
import { Delivery } from './delivery';
import { FileDownload } from './file-download';
import { TabSign } from './tab-sign';

const LINK = { url: '/api/v1/file?signature=x', expiresAt: '' };

@Component({ template: '' })
class BlankPage {}

describe('delivery', () => {
  let http: HttpTestingController;
  let downloads: string[];

  const links = (id = 'export-1'): TestRequest[] => http.match({ method: 'POST', url: downloadLinkUrl(id) });

  async function setUp(): Promise<void> {
    http = setUpPanel([{ path: 'sign-in', component: BlankPage }]);
    await signInAs('SUPER_ADMIN');
    downloads = [];
  }

  /** The next status request, answered. */
  async function hear(state: Export): Promise<void> {
    await jest.advanceTimersByTimeAsync(1_000);
    for (const request of http.match({ method: 'GET', url: exportUrl(state.id) })) request.flush(state);
    await settle();
  }

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      downloads.push(this.getAttribute('href') ?? '');
    });
    await setUp();
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    Reflect.deleteProperty(navigator, 'locks');
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('needs no screen: the tab says how far each export is, and every file is downloaded once', async () => {
    TestBed.inject(TabSign);
    const delivery = TestBed.inject(Delivery);
    delivery.expect(exportOf());
    delivery.expect(exportOf({ id: 'export-2', database: 'billing' }));
    await hear(running(41.7));
    expect(document.title).toContain('41');
    await hear({ ...ready(), id: 'export-2' });
    links('export-2')[0]?.flush(LINK);
    await hear(ready());
    links()[0]?.flush(LINK);
    await settle();
    expect(document.title).not.toContain('%');
    expect(downloads).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(60_000);
    expect([...links(), ...links('export-2')]).toHaveLength(0);
  });

  it('waits for an API that is away for long just when the file is ready', async () => {
    TestBed.inject(Delivery).expect(exportOf());
    await hear(ready());
    let attempts = 0;
    for (let second = 0; second < 60; second++) {
      for (const request of links()) {
        attempts++;
        if (attempts % 2 === 0) request.error(new ProgressEvent('error'));
        else request.flush({ code: 'database_unavailable' }, { status: 503, statusText: 'Service Unavailable' });
      }
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(attempts).toBeGreaterThan(5);
    expect(TestBed.inject(AskedHere).ids()).toEqual(['export-1']);
    expect(TestBed.inject(FileDownload).failure()).not.toBeNull();
    window.dispatchEvent(new Event('online'));
    links()[0]?.flush(LINK);
    await settle();
    expect(downloads).toHaveLength(1);
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
    expect(TestBed.inject(FileDownload).failure()).toBeNull();
  });

  it('does not wait longer than whoever clicks', async () => {
    TestBed.inject(Delivery).expect(exportOf());
    await hear(ready());
    links()[0]?.error(new ProgressEvent('error'));
    void TestBed.inject(FileDownload).start('export-1');
    links()[0]?.flush(LINK);
    await settle();
    expect(downloads).toHaveLength(1);
  });

  it('says each time that a download has started, of the same file too', async () => {
    TestBed.inject(Delivery);
    const said = jest.spyOn(TestBed.inject(MatSnackBar), 'open');
    for (const times of [1, 2]) {
      void TestBed.inject(FileDownload).start('export-1');
      await settle();
      links()[0]?.flush(LINK);
      await settle();
      expect(said).toHaveBeenCalledTimes(times);
    }
  });

  it('gives up what was refused, and what came to no file', async () => {
    TestBed.inject(Delivery).expect(exportOf());
    await hear(ready());
    links()[0]?.flush({ code: 'gone' }, { status: 410, statusText: 'Gone' });
    await settle();
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
    TestBed.inject(Delivery).expect(exportOf({ id: 'export-2' }));
    await hear({ ...failed('disk_full'), id: 'export-2' });
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
    expect(downloads).toEqual([]);
  });

  it('goes on after a new sign-in, and not for somebody else', async () => {
    const delivery = TestBed.inject(Delivery);
    delivery.expect(exportOf());
    await jest.advanceTimersByTimeAsync(1_000);
    http.expectOne(exportUrl('export-1')).flush(null, { status: 401, statusText: 'Unauthorized' });
    await settle();
    http.expectOne(RENEW_URL).flush(null, { status: 401, statusText: 'Unauthorized' });
    await settle();
    expect(TestBed.inject(Session).user()).toBeNull();
    expect(delivery.runs()).toEqual([]);
    await jest.advanceTimersByTimeAsync(60_000);
    http.expectNone(exportUrl('export-1'));
    await signInAs('SUPER_ADMIN');
    await settle();
    await hear(ready());
    links()[0]?.flush(LINK);
    await settle();
    expect(downloads).toHaveLength(1);
  });

  it('leaves to another tab what that one started, having got a copy of its list', async () => {
    TestBed.inject(Delivery).expect(exportOf());
    await hear(ready());
    // The copy was a moment faster.
    localStorage.setItem('pg-export.started', 'export-1');
    links()[0]?.flush(LINK);
    await settle();
    expect(downloads).toEqual([]);
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
  });

  it('lets one tab after another try, where the browser has locks', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const request = (_: string, __: unknown, act: () => Promise<void>): Promise<void> => held.then(act);
    Object.defineProperty(navigator, 'locks', { value: { request }, configurable: true });
    TestBed.inject(Delivery).expect(exportOf());
    await hear(ready());
    expect(links()).toHaveLength(0);
    localStorage.setItem('pg-export.started', 'export-1');
    release();
    await settle();
    expect(links()).toHaveLength(0);
    expect(TestBed.inject(AskedHere).ids()).toEqual([]);
  });
});
