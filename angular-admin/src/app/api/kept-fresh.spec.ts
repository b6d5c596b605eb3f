import { jest } from '@jest/globals';
import type { TestRequest } from '@angular/common/http/testing';
import { HttpClient } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { HistoryPages } from '../history/history-pages';
import { ExportHistory } from '../maintenance/export-history';
import { exportOf } from '../testing/builders';
import { settle, setUpPanel } from '../testing/panel-bed';
import { ANSWER_TIMEOUT_MS } from './request-failure';
import { EXPORTS_URL } from './routes';

const HISTORIES = [
  ['the last exports', ExportHistory],
  ['a page of the history', HistoryPages],
] as const;

describe.each(HISTORIES)('%s', (_, kind) => {
  let asked: () => TestRequest[];
  let history: ExportHistory | HistoryPages;
  const wait = async (milliseconds: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(milliseconds);
    await settle();
  };
  const miss = async (request: TestRequest | undefined): Promise<void> => {
    request?.error(new ProgressEvent('timeout'));
    await settle();
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    const http = setUpPanel([], [kind]);
    asked = () => http.match(({ url }) => url === EXPORTS_URL);
    history = TestBed.inject<ExportHistory | HistoryPages>(kind);
    await settle();
  });
  afterEach(() => {
    TestBed.resetTestingModule();
    jest.useRealTimers();
  });

  it('gives up a question that hangs, says so, and asks again', async () => {
    const [hung] = asked();
    expect(hung?.request.timeout).toBe(ANSWER_TIMEOUT_MS);
    await miss(hung);
    expect(history.failure()).toMatchObject({ status: 0 });
    await wait(4_000);
    expect(asked()).toHaveLength(1);
  });

  it('asks after 4 s again, less often while nobody answers, and as often as before once somebody does', async () => {
    asked()[0]?.flush({ items: [exportOf()], nextCursor: null });
    await settle();
    for (const pause of [4_000, 4_000, 4_000, 4_000, 8_000, 15_000, 15_000]) {
      await wait(pause - 10);
      expect(asked()).toHaveLength(0);
      await wait(10);
      const [again] = asked();
      expect(again).toBeDefined();
      await miss(again);
    }
    await wait(15_000);
    asked()[0]?.flush({ items: [], nextCursor: null });
    await settle();
    expect(history.failure()).toBeNull();
    await wait(4_000);
    expect(asked()).toHaveLength(1);
  });

  it('asks at once when the network is back', async () => {
    await miss(asked()[0]);
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(asked()).toHaveLength(1);
  });
});

describe('a page of the history', () => {
  it('is asked for anew when the line is back, or something was done, also while a question is under way', async () => {
    const http = setUpPanel([], [HistoryPages]);
    const asked = (): TestRequest[] => http.match(({ url }) => url === EXPORTS_URL);
    const pages = TestBed.inject(HistoryPages);
    await settle();
    const [hung] = asked();
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(hung?.cancelled).toBe(true);
    const [older] = asked();
    pages.reload();
    await settle();
    expect(older?.cancelled).toBe(true);
    asked()[0]?.flush({ items: [], nextCursor: null });
    await settle();
    expect(pages.page()).toMatchObject({ items: [] });
    expect(asked()).toHaveLength(0);
  });
});

describe('a read', () => {
  it('has a time limit, but a file, a write, and one with its own have none of it', () => {
    const http = setUpPanel();
    const client = TestBed.inject(HttpClient);
    client.get('/api/v1/list').subscribe();
    client.get('/api/v1/file', { responseType: 'blob' }).subscribe();
    client.post('/api/v1/write', {}).subscribe();
    client.get('/api/v1/poll', { timeout: 35_000 }).subscribe();
    const limits = http.match(() => true).map(({ request }) => request.timeout);
    expect(limits).toEqual([ANSWER_TIMEOUT_MS, undefined, undefined, 35_000]);
  });
});
