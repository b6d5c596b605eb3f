import { ApiTokens } from './api-tokens.js';

const token = ApiTokens.issue();

it('is a prefix, 256 bits of chance, and a checksum', () => {
  expect(token).toMatch(/^pgx_[0-9a-f]{72}$/);
  expect(ApiTokens.isWhole(token)).toBe(true);
  expect(new Set(Array.from({ length: 100 }, () => ApiTokens.issue())).size).toBe(100);
});

it('keeps a checksum that begins with zeros at its length', () => {
  for (let index = 0; index < 1_000; index += 1) expect(ApiTokens.isWhole(ApiTokens.issue())).toBe(true);
});

it('notices any single wrong character, and any two that have changed places', () => {
  for (let index = 4; index < token.length; index += 1) {
    const other = token[index] === '0' ? '1' : '0';
    expect(ApiTokens.isWhole(token.slice(0, index) + other + token.slice(index + 1))).toBe(false);
    const swapped = token.slice(0, index - 1) + token[index]! + token[index - 1]! + token.slice(index + 1);
    expect(ApiTokens.isWhole(swapped)).toBe(swapped === token);
  }
});

it.each([
  ['cut off', token.slice(0, -1)],
  ['too long', `${token}0`],
  ['in capitals', token.toUpperCase()],
  ['empty', 'pgx_'],
  ['of another make', token.replace('pgx_', 'ghp_')],
  ['with a line break behind it', `${token}\n`],
])('is not whole when it is %s', (_, text) => {
  expect(ApiTokens.isWhole(text)).toBe(false);
});
