import { TextTail } from './text-tail.js';

describe('the tail of a text', () => {
  it('is the whole text while it is short', () => {
    const tail = new TextTail(10);
    tail.add('abc');
    tail.add('def');
    expect(tail.toString()).toBe('abcdef');
  });

  it('is bounded, however much comes and however it is cut', () => {
    const tail = new TextTail(10);
    for (let line = 0; line < 1000; line += 1) tail.add(`${String(line)}\n`);
    expect(tail.toString()).toBe('7\n998\n999\n');
    tail.add('x'.repeat(10_000));
    expect(tail.toString()).toBe('x'.repeat(10));
  });

  it('keeps 8 KiB unless told otherwise', () => {
    const tail = new TextTail();
    tail.add('x'.repeat(100_000));
    expect(tail.toString()).toHaveLength(8192);
  });
});
