import { Secret } from 'otpauth';
import { TotpCodes } from './totp-codes.js';

/** RFC 6238, Appendix B, SHA-1: the last six of its eight digits. */
const SECRET = Secret.fromUTF8('12345678901234567890').base32;
const STEP_MS = 30_000;

it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
])('finds the step of the code that RFC 6238 gives for second %i', (second, code) => {
  expect(TotpCodes.stepOf(SECRET, code, second * 1_000)).toBe(Math.floor(second / 30));
});

it('forgives a clock that is one step off, and tells which step the code is of', () => {
  const at = 1_111_111_111_000;
  const step = TotpCodes.stepOf(SECRET, '050471', at) ?? 0;

  expect(TotpCodes.stepOf(SECRET, '050471', at + STEP_MS)).toBe(step);
  expect(TotpCodes.stepOf(SECRET, '050471', at - STEP_MS)).toBe(step);
  expect(TotpCodes.stepOf(SECRET, '050471', at + 2 * STEP_MS)).toBeNull();
  expect(TotpCodes.stepOf(SECRET, '050471', at - 2 * STEP_MS)).toBeNull();
});

it('makes secrets of 160 bits', () => {
  expect(TotpCodes.newSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(TotpCodes.newSecret()).not.toBe(TotpCodes.newSecret());
});

it('makes the address that an authenticator app reads', () => {
  const url = new URL(TotpCodes.urlOf(SECRET, 'admin@localhost'));

  expect([url.protocol, url.host]).toEqual(['otpauth:', 'totp']);
  expect(decodeURIComponent(url.pathname)).toBe('/pg-export:admin@localhost');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    issuer: 'pg-export',
    secret: SECRET,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
