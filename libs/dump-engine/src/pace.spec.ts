import { NO_PROGRESS } from '#lib/domain';
import { Pace, underLimit } from './pace.js';

describe('a pace of 1000 bytes a second', () => {
  let now: number;
  let pace: Pace;

  beforeEach(() => {
    now = 5_000;
    pace = new Pace(1000, () => now);
  });

  it('rests for as long as the bytes are worth', () => {
    expect(pace.restAfter(100)).toBe(100);
    now += 100;
    expect(pace.restAfter(50)).toBe(50);
  });

  it('lets nobody take more at first because nothing was taken before', () => {
    expect(pace.restAfter(1000)).toBe(1000);
  });

  it('makes up for a timer that came late', () => {
    expect(pace.restAfter(100)).toBe(100);
    now += 130;
    expect(pace.restAfter(100)).toBe(70);
  });

  it('makes up for no more than a quarter of a second: a silent source is not followed by a gush', () => {
    now += 60_000;
    expect(pace.restAfter(250)).toBe(0);
    expect(pace.restAfter(100)).toBe(100);
  });

  it('reads in parts of a fraction of a second', () => {
    expect(new Pace(1 << 20).readBytes).toBe(1 << 16);
    expect(new Pace(1 << 16).readBytes).toBe(1 << 12);
  });
});

describe('the time left under a limit', () => {
  const flow = { maxBytesPerSecond: 100, tableBytes: 1_000, deliveredBytes: 200 };

  it('is known before there is a measured rate', () => {
    expect(underLimit(NO_PROGRESS, flow).etaSeconds).toBe(8);
  });

  it('is not shorter than the limit allows, and longer where the rate says so', () => {
    expect(underLimit({ ...NO_PROGRESS, etaSeconds: 2 }, flow).etaSeconds).toBe(8);
    expect(underLimit({ ...NO_PROGRESS, etaSeconds: 20 }, flow).etaSeconds).toBe(20);
    expect(underLimit(NO_PROGRESS, { ...flow, deliveredBytes: 5_000 }).etaSeconds).toBe(0);
  });
});
