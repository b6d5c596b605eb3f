import { RecentRate } from './recent-rate.js';

describe('the time that is left', () => {
  it('is what the rate so far makes it while that does not change', () => {
    const rate = new RecentRate(0);
    for (let second = 1; second <= 40; second += 1) {
      expect(rate.secondsLeft(second / 100, second * 1000)).toBeCloseTo(100 - second);
    }
  });

  it('follows a rate that has changed of late', () => {
    const rate = new RecentRate(0);
    for (let second = 1; second <= 20; second += 1) rate.secondsLeft(second / 100, second * 1000);
    let left: number | null = null;
    // Four times slower from here on: 60 % would take 240 s; by the average alone it were 120.
    for (let second = 21; second <= 100; second += 1)
      left = rate.secondsLeft((20 + (second - 20) / 4) / 100, second * 1000);
    expect(left).toBeGreaterThan(180);
    expect(left).toBeLessThan(240);
  });

  it('is not known while nothing has moved', () => {
    expect(new RecentRate(0).secondsLeft(0, 5_000)).toBeNull();
  });
});
