import type { TableLedger } from '#lib/database';
import type { TableProgress } from '#lib/domain';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TableReport } from './table-report.js';

const RUN = { exportId: 'export', workerId: 'worker', attempt: 1 };

class ListeningLedger {
  readonly heard: string[] = [];
  fails = false;
  private readonly hear = (what: string, tables: readonly TableProgress[]) => {
    if (this.fails) return Promise.reject(new Error('away'));
    this.heard.push(`${what} ${String(tables[0]?.rowsDone)}`);
    return Promise.resolve();
  };
  readonly open = (_: unknown, tables: readonly TableProgress[]) => this.hear('open', tables);
  readonly count = (_: unknown, tables: readonly TableProgress[]) => this.hear('count', tables);
}

describe('the report of the tables', () => {
  let ledger: ListeningLedger;
  let report: TableReport;
  let rowsDone: number;
  const read = (): TableProgress[] => [
    { schema: 'public', name: 'orders', sizeBytes: 1, rowsDone, rowsTotal: 9, state: 'dumping' },
  ];
  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    ledger = new ListeningLedger();
    report = new TableReport(ledger as unknown as TableLedger, RUN);
    rowsDone = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is written once a second, however often it is shown, and only what is new', async () => {
    for (let tick = 0; tick < 40; tick += 1) {
      if (tick < 20) rowsDone = tick;
      report.show(read);
      await jest.advanceTimersByTimeAsync(100);
    }
    expect(ledger.heard).toEqual(['open 0', 'count 10', 'count 19']);
  });

  it('ends with the last of it', async () => {
    report.show(read);
    rowsDone = 5;
    await report.end(read);
    expect(ledger.heard).toEqual(['open 0', 'count 5']);
  });

  it('begins when the ledger is back, and troubles nobody meanwhile', async () => {
    ledger.fails = true;
    report.show(read);
    await jest.advanceTimersByTimeAsync(1_000);
    ledger.fails = false;
    report.show(read);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(ledger.heard).toEqual(['open 0']);
  });
});
