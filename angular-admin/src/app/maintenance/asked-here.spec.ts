import { jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { setUpPanel, signInAs } from '../testing/panel-bed';
import { AskedHere } from './asked-here';

describe('what was asked for here', () => {
  beforeEach(async () => {
    setUpPanel();
    await signInAs('SUPER_ADMIN');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is taken once, also where the browser refuses to store anything', () => {
    for (const act of ['getItem', 'setItem', 'removeItem'] as const) {
      jest.spyOn(Storage.prototype, act).mockImplementation(() => {
        throw new DOMException('refused', 'SecurityError');
      });
    }
    const asked = TestBed.inject(AskedHere);
    asked.add('export-1');
    expect(asked.ids()).toEqual(['export-1']);
    expect(asked.shown()).toBe('export-1');
    expect(asked.take('export-1')).toBe(true);
    expect(asked.isStarted('export-1')).toBe(true);
    expect(asked.take('export-1')).toBe(false);
    asked.hide('export-1');
    expect(asked.shown()).toBeNull();
  });

  it('outlives the page where it may be stored', async () => {
    TestBed.inject(AskedHere).add('export-2');
    TestBed.resetTestingModule();
    const kept = Object.entries<string>(sessionStorage);
    setUpPanel();
    for (const [key, value] of kept) sessionStorage.setItem(key, value);
    await signInAs('SUPER_ADMIN');
    expect(TestBed.inject(AskedHere).ids()).toEqual(['export-2']);
  });
});
