import { jest } from '@jest/globals';
import type { HttpTestingController, TestRequest } from '@angular/common/http/testing';
import type { ComponentFixture } from '@angular/core/testing';
import { ESTIMATE_URL } from '../api/routes';
import { render, settle, setUpPanel, textOf } from '../testing/panel-bed';
import { EstimateLine } from './estimate-line';

const estimate = {
  sizeBytes: 61_300_000,
  tables: 15,
  estimatedFileBytes: 13_200_000,
  estimatedSeconds: 66,
  freeBytes: 42_800_000_000,
  fits: true,
};

describe('estimate line', () => {
  let http: HttpTestingController;
  let fixture: ComponentFixture<EstimateLine>;
  const asked = async (): Promise<TestRequest[]> => {
    await jest.advanceTimersByTimeAsync(500);
    await settle();
    return http.match({ method: 'POST', url: ESTIMATE_URL });
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    http = setUpPanel();
    fixture = await render(EstimateLine, { wish: { database: 'main' } });
  });
  afterEach(() => {
    fixture.destroy();
    jest.useRealTimers();
  });

  it('tells size, time and room before the click', async () => {
    const [request] = await asked();
    expect(request?.request.body).toEqual({ database: 'main' });
    request?.flush(estimate);
    await settle();
    expect(textOf(fixture).replace(/\s/g, ' ')).toBe(
      'Estimation : fichier d’environ 13,2 Mo, environ 1 min 6 s, 42,8 Go libres',
    );
  });

  it('says that it will not fit', async () => {
    (await asked())[0]?.flush({ ...estimate, fits: false });
    await settle();
    expect(textOf(fixture)).toContain('Ne tiendra pas');
  });

  it('says nothing of another database while its own is awaited', async () => {
    (await asked())[0]?.flush(estimate);
    await settle();
    fixture.componentRef.setInput('wish', { database: 'main', note: 'a' });
    await settle();
    expect(textOf(fixture)).toContain('Estimation');
    fixture.componentRef.setInput('wish', { database: 'billing' });
    await settle();
    expect(textOf(fixture)).toBe('');
    const [request] = await asked();
    expect(textOf(fixture)).toBe('');
    request?.flush(estimate);
    await settle();
    expect(textOf(fixture)).toContain('Estimation');
  });

  it('asks once for options that are being typed, and says nothing of what cannot be known', async () => {
    (await asked())[0]?.flush({ ...estimate, estimatedSeconds: null });
    await settle();
    expect(textOf(fixture)).toContain('durée encore inconnue');
    for (const note of ['a', 'ab', 'abc']) {
      fixture.componentRef.setInput('wish', { database: 'main', note });
      await settle();
    }
    const requests = await asked();
    expect(requests).toHaveLength(1);
    requests[0]?.flush({ code: 'source_unreachable' }, { status: 503, statusText: 'down' });
    await settle();
    expect(textOf(fixture)).toBe('');
  });
});
