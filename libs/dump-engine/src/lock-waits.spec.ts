import { blockingOf, type LockWait, nameHolders, waitsBehindUs } from './lock-waits.js';

const wait = (pid: number, seconds: number, behind: number[], isOurs = false): LockWait => ({
  pid,
  seconds,
  target: 'public.orders',
  isOurs,
  behind,
});

describe('who waits behind the locks of an export', () => {
  const ours = new Set([1, 2]);

  it('is whoever waits for one of its backends, and whoever waits for those', () => {
    const waits = [wait(12, 9, [11]), wait(11, 7.9, [1]), wait(13, 3, [12, 99])];
    expect(waitsBehindUs({ waits, ours })).toEqual(waits);
    expect(blockingOf(waits)).toEqual({ waiting: 3, longestWaitSeconds: 9 });
  });

  it('is not who waits for others, nor one of its own that waits for another', () => {
    const waits = [wait(12, 9, [99]), wait(2, 5, [1], true), wait(1, 4, [99], true)];
    expect(waitsBehindUs({ waits, ours })).toEqual([]);
    expect(blockingOf([])).toBeNull();
  });
});

describe('the holder of a lock', () => {
  it.each([
    [
      [{ pid: 7, user: 'alice', application: 'psql', since: '2026-11-25T02:15:00Z' }],
      'process 7 (alice, psql, since 2026-11-25T02:15:00Z)',
    ],
    [[{ pid: 7, user: 'alice', application: null, since: null }], 'process 7 (alice)'],
    [[], 'a transaction without a process'],
  ])('is named as far as the role may see it', (holders, words) => {
    expect(nameHolders(holders)).toBe(words);
  });
});
