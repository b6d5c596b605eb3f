import { accuracyOf } from './accuracy.ts';

const sight = (seconds: number, percent: number, etaSeconds: number | null = null) => ({
  seconds,
  percent,
  etaSeconds,
});

describe('the accuracy of what was shown', () => {
  it('is the distance between the percentage and the elapsed share of the real duration', () => {
    const accuracy = accuracyOf([sight(2, 20), sight(5, 48), sight(8, 90)], 10);
    expect(accuracy).toEqual({ sights: 3, medianDistance: 2, worstDistance: 10, worstEtaError: null });
  });

  it('holds the time left to what was left, from ten seconds on', () => {
    const accuracy = accuracyOf([sight(5, 25, 100), sight(10, 50, 12), sight(16.1, 97, 9)], 20);
    expect(accuracy.worstEtaError).toBeCloseTo(0.2);
  });
});
