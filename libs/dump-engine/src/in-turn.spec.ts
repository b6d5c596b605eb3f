import { inTurn } from './in-turn.js';

const chunk = (name: string): Buffer => Buffer.from(name);
const never = new AbortController().signal;

describe('writes in turn', () => {
  it('begin in order, each when the one before is over', async () => {
    const seen: string[] = [];
    const write = inTurn(async (given) => {
      const name = given.toString();
      seen.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} ends`);
    }, never);
    await Promise.all(['a', 'b', 'c'].map((name) => write(chunk(name))));
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('all fail after one that failed, and are not begun', async () => {
    const seen: string[] = [];
    const write = inTurn((given) => {
      seen.push(given.toString());
      return Promise.reject(new Error('no room'));
    }, never);
    const writes = ['a', 'b'].map((name) => write(chunk(name)));
    expect(await Promise.allSettled(writes)).toEqual(
      Array(2).fill({ status: 'rejected', reason: new Error('no room') }),
    );
    expect(seen).toEqual(['a']);
  });

  it('are not begun once the signal is aborted: what is queued would keep a cancel waiting', async () => {
    const cancel = new AbortController();
    const seen: string[] = [];
    const write = inTurn((given) => {
      seen.push(given.toString());
      cancel.abort(new Error('cancelled'));
      return Promise.resolve();
    }, cancel.signal);
    const [first, second] = await Promise.allSettled(['a', 'b'].map((name) => write(chunk(name))));
    expect(first?.status).toBe('fulfilled');
    expect(second).toEqual({ status: 'rejected', reason: new Error('cancelled') });
    expect(seen).toEqual(['a']);
  });
});
