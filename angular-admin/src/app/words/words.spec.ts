import { jest } from '@jest/globals';
import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { FAILURE_CODES, failureWords } from './failure-words';
import { Measures } from './measures';
import { problemWords, REFUSAL_CODES } from './problem-words';

/** The contract's list of codes, and `file_lost` of a file that vanished. */
const CODES =
  'source_unreachable authentication_failed permission_denied version_mismatch pg_dump_missing lock_timeout yielded ' +
  'timed_out stalled disk_full storage_failed source_error archive_invalid restore_failed verify_unavailable ' +
  'interrupted internal file_lost';

describe('words', () => {
  it('has what happened and what to do for every code of a failed export', () => {
    expect([...FAILURE_CODES].sort()).toEqual(CODES.split(' ').sort());
    for (const code of FAILURE_CODES) {
      const { what, next } = failureWords(code);
      expect(what).toMatch(/\.$/);
      expect(next).toMatch(/\.$/);
    }
  });

  it('tells a code it does not know as an internal error, also one named like an object’s own', () => {
    expect(failureWords('toString')).toEqual(failureWords('internal'));
  });
});

describe('words for a refused request', () => {
  const refused = (code: string | null, status: number, detail: string | null = null) =>
    problemWords({ status, code, detail, correlationId: 'c', retryAfterSeconds: null });
  const generic = refused('internal', 500);

  it('say for every code what to do, but for those that only a bug of the page brings about', () => {
    const bugs = ['internal', 'expectation_failed', 'headers_too_large', 'method_not_allowed', 'range_not_satisfiable'];
    for (const code of REFUSAL_CODES) {
      expect([code, refused(code, 503) === generic]).toEqual([code, bugs.includes(code)]);
    }
    expect(REFUSAL_CODES).toEqual(
      expect.arrayContaining(['verify_unavailable', 'no_password', 'idempotency_conflict']),
    );
  });

  it('give the API’s own sentence where it alone knows what is wrong', () => {
    expect(refused('unknown_table', 422, 'There is no table public.x.')).toContain('There is no table public.x.');
  });

  it('speak of no export where something else was not found', () => {
    expect(refused('not_found', 404)).not.toMatch(/export/i);
    expect(refused(null, 404)).toBe(refused('not_found', 404));
  });

  it('take a code that they do not know, also one named like an object’s own, by its status', () => {
    expect(refused('toString', 403)).toBe(refused('forbidden', 403));
    expect(refused(null, 502)).toContain('Le serveur ne répond pas');
  });
});

describe('measures', () => {
  const plain = (text: string): string => text.replace(/\s/g, ' ');
  const measuresIn = (locale: string): Measures => {
    TestBed.configureTestingModule({ providers: [{ provide: LOCALE_ID, useValue: locale }] });
    return TestBed.inject(Measures);
  };

  it.each([
    [
      'fr',
      '812 octets',
      '1 octet',
      '61,3 Mo',
      '123 456 Po',
      '1 min 6 s',
      '2 h 5 min',
      '41,7 %',
      '99,9 %',
      '+50 %',
      '-12 %',
    ],
    [
      'en',
      '812 bytes',
      '1 byte',
      '61.3 MB',
      '123,456 PB',
      '1 min 6 sec',
      '2 hr 5 min',
      '41.7%',
      '99.9%',
      '+50%',
      '-12%',
    ],
  ])('writes as %s reads', (locale, bytes, byte, megabytes, most, minutes, hours, percent, almost, more, less) => {
    const show = measuresIn(locale);
    expect(plain(show.bytes(812))).toBe(bytes);
    expect(plain(show.bytes(1))).toBe(byte);
    expect(plain(show.bytes(61_300_000))).toBe(megabytes);
    expect(plain(show.bytes(123_456e15))).toBe(most);
    expect(plain(show.duration(66))).toBe(minutes);
    expect(plain(show.duration(7_503))).toBe(hours);
    expect(plain(show.percent(41.7))).toBe(percent);
    // 100 is for a file that is ready.
    expect(plain(show.percent(99.99))).toBe(almost);
    expect(plain(show.change(0.5))).toBe(more);
    expect(plain(show.change(-0.12))).toBe(less);
    expect(show.bytes(null)).toBe('–');
  });

  it.each([
    ['fr', '0 octet'],
    ['en', '0 bytes'],
  ])('makes no Intl object, which is slow to come by, for what a first page shows in %s', (locale, nothing) => {
    const made = [
      jest.spyOn(Intl, 'NumberFormat'),
      jest.spyOn(Intl, 'PluralRules'),
      jest.spyOn(Intl, 'DateTimeFormat'),
    ];
    const show = measuresIn(locale);
    expect(plain(show.bytes(0))).toBe(nothing);
    for (const text of [show.bytes(2e6), show.duration(70), show.percent(5), show.count(7), show.change(1)]) {
      expect(text).not.toBe('');
    }
    expect(show.instant('2026-01-05T12:00:00Z')).toContain('2026');
    for (const maker of made) expect(maker).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it.each([
    ['fr', '1 234 567', '0,25', '5 janv. 2026, 13:45'],
    ['en', '1,234,567', '0.25', 'Jan 5, 2026, 1:45 PM'],
  ])('counts and dates as %s does', (locale, count, fraction, instant) => {
    const show = measuresIn(locale);
    expect(plain(show.count(1_234_567))).toBe(count);
    expect(plain(show.number(0.25))).toBe(fraction);
    expect(plain(show.instant(new Date(2026, 0, 5, 13, 45).toISOString()))).toBe(instant);
  });

  it('never parts a French number from its unit at the end of a line', () => {
    const show = measuresIn('fr');
    for (const text of [show.bytes(61_300_000), show.duration(5), show.percent(41.7), show.count(1_234)]) {
      expect(text).not.toContain(' ');
    }
  });

  it.each([
    ['fr', [true, true, false]],
    ['en', [false, true, false]],
  ])('counts 0, 1 and 2 as %s does', (locale, ones) => {
    const show = measuresIn(locale);
    expect([0, 1, 2].map((value) => show.isOne(value))).toEqual(ones);
  });
});
