import { StopSignal, StopWished } from './stop-signal.ts';

describe('StopSignal', () => {
  const received = (...times: number[]): { stop: StopSignal; forced: number } => {
    const result = { stop: new StopSignal(), forced: 0 };
    result.stop.forceWith(() => (result.forced += 1));
    for (const time of times) result.stop.receive(time);
    return result;
  };

  it('stops in order on the first signal', () => {
    const { stop, forced } = received(0);
    expect(stop.wish.reason).toBeInstanceOf(StopWished);
    expect(forced).toBe(0);
  });

  it('takes a second signal within a second for the echo of the same Ctrl-C', () => {
    expect(received(0, 5, 1_000).forced).toBe(0);
  });

  it('forces on a second signal after more than a second', () => {
    expect(received(0, 1_001).forced).toBe(1);
  });
});
