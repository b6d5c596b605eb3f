import type { Request } from 'express';
import { EarlyKey, EarlyReads } from './early-reads.js';

const STATE = new EarlyKey<number>('state');
const request = () => ({}) as Request;

describe('what is read early', () => {
  it('is what was offered, once for each request', async () => {
    const early = new EarlyReads();
    let reads = 0;
    early.offer(STATE, () => Promise.resolve((reads += 1)));
    const [first, second] = [request(), request()];
    early.begin(STATE, first);
    early.begin(STATE, second);
    expect(await early.take(STATE, second)).toBe(2);
    expect(await early.take(STATE, first)).toBe(1);
    expect(early.take(STATE, request())).toBeNull();
  });

  it('is nothing where there is nothing to read ahead, or nobody reads', () => {
    const early = new EarlyReads();
    const one = request();
    early.begin(STATE, one);
    expect(early.take(STATE, one)).toBeNull();
    early.offer(STATE, () => null);
    early.begin(STATE, one);
    expect(early.take(STATE, one)).toBeNull();
  });

  it('fails for whoever takes it, and for nobody where the request was refused meanwhile', async () => {
    const early = new EarlyReads();
    early.offer(STATE, () => Promise.reject(new Error('gone')));
    const [shown, refused] = [request(), request()];
    early.begin(STATE, refused);
    early.begin(STATE, shown);
    // A rejection that nobody hears of would end the process, and fails the test.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(early.take(STATE, shown)).rejects.toThrow('gone');
  });
});
