/** How many tests passed, failed, and were skipped. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of jest's --json file that is counted. */
export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that could not even be run: none of their tests are counted above. */
  numRuntimeErrorTestSuites: number;
}

/** A check is one test. */
export function tallyOfCheck(succeeded: boolean): Tally {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
}

/** A phase fails also when jest left no report, ran no test, or ended badly although each test passed. */
export function tallyOfJest(report: JestReport | undefined, succeeded: boolean): Tally {
  if (!report) return tallyOfCheck(false);
  const passed = report.numPassedTests;
  const seen = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const failed = seen === 0 && (passed === 0 || !succeeded) ? 1 : seen;
  return { passed, failed, skipped: report.numPendingTests + report.numTodoTests };
}

export function sum(tallies: readonly Tally[]): Tally {
  const add = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: add('passed'), failed: add('failed'), skipped: add('skipped') };
}

/** The last line of `npm test`. */
export function lastLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
