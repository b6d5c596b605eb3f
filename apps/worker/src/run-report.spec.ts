import type { Progress, StopReason } from '#lib/domain';
import { NO_PROGRESS } from '#lib/domain';
import type { RunLedger, Standing } from '#lib/database';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RunReport } from './run-report.js';

const RUN = { exportId: 'export', workerId: 'worker', attempt: 1 };

/** A ledger that answers what it is told to, and remembers what it heard. */
class ListeningLedger {
  standing: Standing | Error = 'ours';
  readonly heard: { stage: string; percent: number }[] = [];
  /** Set to make it slow: it answers when this resolves. */
  delay: Promise<void> = Promise.resolve();

  readonly report = async (_run: unknown, stage: string, { percent }: Progress): Promise<Standing> => {
    this.heard.push({ stage, percent });
    await this.delay;
    if (this.standing instanceof Error) throw this.standing;
    return this.standing;
  };
}

describe('the report of a run', () => {
  let ledger: ListeningLedger;
  let stops: StopReason[];
  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    ledger = new ListeningLedger();
    stops = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const begin = (limits = { timeoutSeconds: 60, stallSeconds: 10 }) => {
    const report = new RunReport(ledger as unknown as RunLedger, RUN, limits, (reason) => stops.push(reason));
    report.begin();
    return report;
  };
  const at = (percent: number): Progress => ({ ...NO_PROGRESS, percent });
  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);

  it('is given sixteen times a second at first, with the stage, until it is ended', async () => {
    const report = begin();
    await pass(0.9);
    report.enter('dumping', { progress: () => at(10), movement: () => 1 });
    await pass(0.9);
    await report.end();
    await pass(5);
    expect(ledger.heard.map(({ stage }) => stage)).toEqual([
      ...Array<string>(15).fill('preparing'),
      ...Array<string>(15).fill('dumping'),
    ]);
  });

  it.each([3, 5, 9])('comes each fiftieth of a run that has taken %i seconds', async (seconds) => {
    const report = begin();
    await pass(seconds);
    ledger.heard.splice(0);
    await pass(seconds * 0.1);
    await report.end();
    expect(ledger.heard.length).toBeGreaterThanOrEqual(4);
    expect(ledger.heard.length).toBeLessThanOrEqual(6);
  });

  it('is given five times a second when the run takes longer', async () => {
    const report = begin();
    await pass(20);
    ledger.heard.splice(0);
    await pass(2);
    await report.end();
    expect(ledger.heard).toHaveLength(10);
  });

  it('takes new figures along as they come, and is given no more often for them', async () => {
    const report = begin();
    await pass(20.03);
    ledger.heard.splice(0);
    let percent = 0;
    report.enter('dumping', { progress: () => at(percent), movement: () => percent });
    const ages: number[] = [];
    for (let look = 1; look <= 20; look++) {
      await pass(0.102);
      const before = ledger.heard.length;
      percent = look;
      report.nudge();
      ages.push(...ledger.heard.slice(before).map((heard) => look - heard.percent));
    }
    await report.end();
    expect(ages).toEqual(Array<number>(10).fill(0));
    expect(ledger.heard).toHaveLength(10);
  });

  it('is given without new figures when none come any more', async () => {
    const report = begin();
    await pass(1);
    report.nudge();
    ledger.heard.splice(0);
    await pass(1);
    await report.end();
    report.nudge();
    await pass(1);
    expect(ledger.heard).toHaveLength(16);
  });

  it('never shows a percentage that falls, whatever the gauge says', async () => {
    const report = begin();
    const shown = [10, 30, 20, 0, 40];
    report.enter('dumping', { progress: () => at(shown.shift() ?? 40), movement: () => shown.length });
    await pass(0.3);
    expect(ledger.heard.map(({ percent }) => percent)).toEqual([10, 30, 30, 30, 40]);
  });

  it('goes one at a time: a slow database gets fewer', async () => {
    let answer: () => void = () => undefined;
    ledger.delay = new Promise((resolve) => (answer = resolve));
    begin();
    await pass(5);
    expect(ledger.heard).toHaveLength(1);
    answer();
    await pass(0.1);
    expect(ledger.heard).toHaveLength(2);
  });

  it('has been answered when it has ended', async () => {
    let answer: () => void = () => undefined;
    ledger.delay = new Promise((resolve) => (answer = resolve));
    const report = begin();
    await pass(0.25);
    let hasEnded = false;
    const ending = report.end().then(() => (hasEnded = true));
    await pass(1);
    expect(hasEnded).toBe(false);
    answer();
    await ending;
  });

  it.each([
    ['cancel_requested', 'cancelled'],
    ['lost', 'superseded'],
  ] as const)('stops the run that hears %s', async (standing, cause) => {
    begin();
    ledger.standing = standing;
    await pass(0.25);
    expect(stops[0]?.stopCause).toBe(cause);
  });

  it('lets the run go on while the ledger is silent', async () => {
    begin();
    ledger.standing = new Error('Connection terminated');
    await pass(5);
    expect(stops).toEqual([]);
    ledger.standing = 'cancel_requested';
    await pass(0.25);
    expect(stops[0]?.stopCause).toBe('cancelled');
  });

  it('stops a run that takes longer than it may, however busy it is', async () => {
    let movement = 0;
    const report = begin({ timeoutSeconds: 30, stallSeconds: 10 });
    report.enter('dumping', { progress: () => at(1), movement: () => (movement += 1) });
    await pass(30);
    expect(stops).toEqual([]);
    await pass(0.25);
    expect(stops[0]).toMatchObject({ stopCause: 'timed_out', message: 'The export took longer than 30 seconds.' });
  });

  it('stops a dump in which nothing moves for longer than it may', async () => {
    let movement = 0;
    const report = begin();
    report.enter('dumping', { progress: () => at(1), movement: () => movement });
    await pass(9);
    movement += 1;
    await pass(10);
    expect(stops).toEqual([]);
    await pass(0.5);
    expect(stops[0]).toMatchObject({ stopCause: 'stalled', message: 'Nothing has moved for 10 seconds.' });
  });

  it('does not count the time in which the worker itself stood still', async () => {
    let frozenMs = 0;
    const now = (): number => performance.now() + frozenMs;
    const limits = { timeoutSeconds: 60, stallSeconds: 10 };
    const report = new RunReport(
      ledger as unknown as RunLedger,
      RUN,
      limits,
      (reason) => stops.push(reason),
      null,
      now,
    );
    report.begin();
    report.enter('dumping', { progress: () => at(1), movement: () => 1 });
    await pass(5);
    frozenMs = 30_000;
    await pass(3);
    expect(stops).toEqual([]);
    await pass(2);
    expect(stops[0]?.stopCause).toBe('stalled');
  });

  it('stops a proof in which nothing moves, and not one that is slow', async () => {
    let movement = 0;
    const report = begin();
    report.enter('dumping', { progress: () => at(48), movement: () => 1 });
    report.enter('verifying');
    await pass(30);
    report.enter('verifying', { progress: () => at(50), movement: () => movement });
    await pass(9);
    movement += 1;
    await pass(10);
    expect(stops).toEqual([]);
    await pass(0.5);
    expect(stops[0]?.stopCause).toBe('stalled');
  });

  it('does not take the hashing of a large file for a stall', async () => {
    const report = begin();
    report.enter('dumping', { progress: () => at(97), movement: () => 1 });
    report.enter('verifying');
    await pass(30);
    report.enter('storing');
    await pass(20);
    expect(stops).toEqual([]);
  });
});
