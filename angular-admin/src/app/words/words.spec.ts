import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { FAILURE_CODES, failureWords } from './failure-words';
import { Measures } from './measures';

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

describe('measures', () => {
  const plain = (text: string): string => text.replace(/\s/g, ' ');

  it.each([
    ['fr', '812 octets', '61,3 Mo', '1 min 6 s', '2 h 5 min', '41,7 %', '99,9 %'],
    ['en', '812 bytes', '61.3 MB', '1 min 6 sec', '2 hr 5 min', '41.7%', '99.9%'],
  ])('writes as %s reads', (locale, bytes, megabytes, minutes, hours, percent, almost) => {
    TestBed.configureTestingModule({ providers: [{ provide: LOCALE_ID, useValue: locale }] });
    const show = TestBed.inject(Measures);
    expect(plain(show.bytes(812))).toBe(bytes);
    expect(plain(show.bytes(61_300_000))).toBe(megabytes);
    expect(plain(show.duration(66))).toBe(minutes);
    expect(plain(show.duration(7_503))).toBe(hours);
    expect(plain(show.percent(41.7))).toBe(percent);
    // 100 is for a file that is ready.
    expect(plain(show.percent(99.99))).toBe(almost);
    expect(show.bytes(null)).toBe('–');
  });
});
