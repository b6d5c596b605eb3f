import { PLAIN_CUSTOM, ZSTD_CUSTOM, ZSTD_PIPELINE } from './bare-programs.ts';
import {
  median,
  percentile,
  PG_EXPORT,
  table,
  verdictOnGentleMode,
  verdictOnLatency,
  verdictOnMemory,
  verdictOnStart,
  verdictOnWatching,
  verdicts,
} from './report.ts';

const rounds = (...seconds: number[]) => seconds.map((value) => ({ seconds: value, sizeBytes: 100 }));

describe('the report of the bench', () => {
  it('takes the middle of the rounds', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([1, 2, 3, 10])).toBe(2.5);
  });

  it('gives a percentile that was really measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(values, 50)).toBe(50);
    expect(percentile(values, 99)).toBe(99);
    expect(percentile([7], 99)).toBe(7);
  });

  it('shows ratios, and says what could not be run', () => {
    const rows = [
      { title: PLAIN_CUSTOM, measures: rounds(10, 12, 11) },
      { title: ZSTD_PIPELINE, measures: rounds(2.75) },
      { title: 'newer', measures: [], missing: 'no client ≥ 16' },
      { title: PG_EXPORT, measures: [{ seconds: 3.3, sizeBytes: 85 }], peakBytes: 128 * 1_048_576 },
    ];
    const lines = table(rows).split('\n');

    expect(lines).toContain('| pg_dump -Fc -Z0 \\| zstd -1 | 2.75 | 0.25 | 1.00 | 1.00 | – |');
    expect(lines).toContain('| newer | no client ≥ 16 | – | – | – | – |');
    expect(lines).toContain(`| ${PG_EXPORT} | 3.30 | 0.30 | 1.20 | 0.85 | 128 MiB |`);
    expect(verdicts(rows, 15).map((line) => line[0])).toEqual(['✘', '✘', '✔']);
  });

  it("measures a newer client's export by that client's own zstd", () => {
    const rows = [
      { title: PLAIN_CUSTOM, measures: rounds(10) },
      { title: ZSTD_PIPELINE, measures: rounds(1) },
      { title: ZSTD_CUSTOM, measures: rounds(1.8) },
      { title: PG_EXPORT, measures: [{ seconds: 1.9, sizeBytes: 85 }] },
    ];
    expect(verdicts(rows, 17).map((line) => line[0])).toEqual(['✔', '✔', '✔']);
    expect(verdicts(rows, 17)[0]).toContain(ZSTD_CUSTOM);
  });

  it('keeps the promise on POST by its slowest answers, not by the usual one', () => {
    expect(verdictOnLatency([20, 20, 99])).toMatch(/^✔ .* p50 20 ms, p99 99 ms/);
    expect(verdictOnLatency([20, 20, 101])).toMatch(/^✘/);
  });

  it('keeps the promise on the start by the usual export, and not where none has started', () => {
    expect(verdictOnStart([80, 90, 300])).toMatch(/^✔ .* median 90 ms/);
    expect(verdictOnStart([80, 101, 300])).toMatch(/^✘/);
    expect(verdictOnStart([])).toMatch(/^✘/);
  });

  it('keeps the promise on gentle mode neither by more than was allowed nor by much less', () => {
    const signs = [0.89, 0.91, 1.09, 1.11].map((ratio) => verdictOnGentleMode(ratio * 1_000, 1_000)[0]);
    expect(signs).toEqual(['✘', '✔', '✔', '✘']);
  });

  it('keeps the promise on progress queries by the usual run', () => {
    expect(verdictOnWatching([0.002, 0.004, 0.05])).toMatch(/^✔ .* 0\.40 %/);
    expect(verdictOnWatching([0.02])).toMatch(/^✘/);
  });

  it('keeps the promise on memory where a large export needs little more than small ones', () => {
    expect([109, 111].map((large) => verdictOnMemory(100, large)[0])).toEqual(['✔', '✘']);
    expect(verdictOnMemory(Number.NaN, Number.NaN)).toMatch(/^✘/);
  });
});
