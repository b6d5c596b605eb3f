import { namesTag, onlyTag } from './entity-tag.js';

it.each([
  ['"3-0"', true],
  ['W/"3-0"', true],
  ['"2-0", W/"3-0"', true],
  ['*', true],
  ['"3-1"', false],
  ['3-0', false],
  ['', false],
])('If-None-Match: %s names "3-0": %j', (header, expected) => {
  expect(namesTag(header, '"3-0"')).toBe(expected);
});

it.each([
  ['"3-0"', '"3-0"'],
  ['W/"3-0"', '"3-0"'],
  ['"2-0", "3-0"', null],
  ['*', null],
  [undefined, null],
])('If-None-Match: %s is the one tag %j', (header, expected) => {
  expect(onlyTag(header)).toBe(expected);
});
