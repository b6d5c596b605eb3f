import { lastLine, sum, tallyOfCheck, tallyOfJest, type JestReport } from './tally.ts';

const report = (counts: Partial<JestReport>): JestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...counts,
});

describe('the tally', () => {
  it('counts the tests of jest and one for each check', () => {
    const jest = tallyOfJest(report({ numPassedTests: 40, numPendingTests: 1, numTodoTests: 1 }), true);
    expect(lastLine(sum([jest, tallyOfCheck(true), tallyOfCheck(false)]))).toBe('41 passed, 1 failed, 2 skipped');
  });

  it('ends with two numbers when nothing was skipped', () => {
    expect(lastLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  });

  it('takes a phase that ran no test for failed', () => {
    expect(tallyOfJest(report({}), true).failed).toBe(1);
  });

  it('takes a phase whose report is missing for failed', () => {
    expect(tallyOfJest(undefined, true).failed).toBe(1);
  });

  it('counts a test file that could not be run', () => {
    expect(tallyOfJest(report({ numPassedTests: 5, numRuntimeErrorTestSuites: 1 }), false).failed).toBe(1);
  });

  it('counts a bad end although every test passed', () => {
    expect(tallyOfJest(report({ numPassedTests: 5 }), false).failed).toBe(1);
  });
});
