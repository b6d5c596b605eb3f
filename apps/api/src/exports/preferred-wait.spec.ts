import { preferredWait } from './preferred-wait.js';

it.each([
  ['wait=1', 1],
  ['wait=60', 60],
  ['Wait="20"', 20],
  ['respond-async, wait=10', 10],
  ['wait = 10; for=you', 10],
  ['wait=5, wait=10', 5],
  [['respond-async', 'wait=10'], 10],
])('Prefer: %s waits %j seconds', (header, expected) => {
  expect(preferredWait(header)).toBe(expected);
});

it.each([
  undefined,
  '',
  'wait',
  'wait=',
  'wait=0',
  'wait=61',
  'wait=-5',
  'wait=1.5',
  'wait=ten',
  'wait=0, wait=10',
  'waiting=10',
  'return=minimal',
])('Prefer: %s is no wait of ours, and ignored', (header) => {
  expect(preferredWait(header)).toBeNull();
});
