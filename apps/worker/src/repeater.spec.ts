import { jest } from '@jest/globals';
import type { Logger } from '@nestjs/common';
import { Repeater } from './repeater.js';

describe('what is repeated', () => {
  let warnings: string[];
  const logger = { warn: (words: string) => warnings.push(words) } as unknown as Logger;
  beforeEach(() => {
    jest.useFakeTimers();
    warnings = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is done at once and then every so often, until it is stopped', async () => {
    let turns = 0;
    const repeater = new Repeater(logger, 1000, () => {
      turns += 1;
      return Promise.resolve();
    });
    repeater.start();
    await jest.advanceTimersByTimeAsync(3_000);
    await repeater.stop();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(turns).toBe(4);
  });

  it('never runs beside itself, and has ended when it is stopped', async () => {
    let turns = 0;
    let finish: () => void = () => undefined;
    const repeater = new Repeater(logger, 1000, () => {
      turns += 1;
      return new Promise((resolve) => (finish = resolve));
    });
    repeater.start();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(turns).toBe(1);
    let hasStopped = false;
    const stopping = repeater.stop().then(() => (hasStopped = true));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(hasStopped).toBe(false);
    finish();
    await stopping;
  });

  it('goes on after trouble, which is told once until it has passed', async () => {
    const outcomes = ['down', 'down', '', 'down', 'other'];
    const repeater = new Repeater(logger, 1000, () => {
      const trouble = outcomes.shift();
      return trouble ? Promise.reject(new Error(trouble)) : Promise.resolve();
    });
    repeater.start();
    await jest.advanceTimersByTimeAsync(4_500);
    await repeater.stop();
    expect(warnings).toEqual(['down', 'down', 'other']);
  });
});
