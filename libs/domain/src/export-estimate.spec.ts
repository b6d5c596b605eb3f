import { estimateExport, type PastRun, timesOfRunsLike } from './export-estimate.js';
import { completeOptions, type ExportOptions, type RequestedOptions } from './export-options.js';

const GB = 1e9;
const options = (wishes: RequestedOptions = {}) => completeOptions(wishes) as ExportOptions;
const source = { sizeBytes: 2 * GB, tables: 10 };
const ran = (wishes: RequestedOptions, changes: Partial<PastRun> = {}): PastRun => ({
  options: options(wishes),
  sourceBytes: GB,
  fileBytes: 0.2 * GB,
  seconds: 30,
  ...changes,
});

describe('the estimate of an export', () => {
  it('is what the newest run with like options came to, and grows with the database', () => {
    const past = [ran({}), ran({}, { fileBytes: GB, seconds: 300 })];
    expect(estimateExport(source, options({ note: 'nightly' }), past)).toEqual({
      ...source,
      estimatedFileBytes: 0.4 * GB,
      estimatedSeconds: 60,
    });
  });

  it.each([{ compression: 'gzip' }, { compressionLevel: 19 }, { format: 'directory' }, { content: 'data' }] as const)(
    'learns nothing from a run with %j',
    (wishes) => {
      const unlike = [ran(wishes, { fileBytes: 1, seconds: 1 })];
      expect(estimateExport(source, options(), unlike)).toEqual(estimateExport(source, options(), []));
    },
  );

  it.each([{ verify: 'restore' }, { maxBytesPerSecond: 1_000_000 }] as const)(
    'learns of a run with %j how big the file is, not how long it takes',
    (wishes) => {
      const estimate = estimateExport(source, options(), [ran(wishes)]);
      expect(estimate.estimatedFileBytes).toBe(0.4 * GB);
      expect(estimate.estimatedSeconds).toBe(estimateExport(source, options(), []).estimatedSeconds);
    },
  );

  it('is a rule of thumb where nothing was made yet: smaller than the tables when compressed, longer with a proof', () => {
    const { estimatedFileBytes, estimatedSeconds } = estimateExport(source, options(), []);
    expect(estimatedFileBytes).toBeGreaterThan(0.1 * source.sizeBytes);
    expect(estimatedFileBytes).toBeLessThan(source.sizeBytes);
    const proven = estimateExport(source, options({ verify: 'restore' }), []);
    expect(proven.estimatedSeconds).toBeGreaterThan(2 * estimatedSeconds);
    const gentle = estimateExport(source, options({ maxBytesPerSecond: 1_000_000 }), []);
    expect(gentle.estimatedSeconds).toBeGreaterThan(2_000);
  });

  it('of the schema alone, or of nothing, is small and not nothing', () => {
    const empty = { sizeBytes: 0, tables: 0 };
    expect(estimateExport(empty, options(), []).estimatedSeconds).toBe(1);
    const schema = estimateExport({ sizeBytes: 0, tables: 100 }, options({ content: 'schema' }), []);
    expect(schema.estimatedFileBytes).toBeGreaterThan(0);
    const past = [ran({ content: 'schema' }, { sourceBytes: 0, fileBytes: 5000 })];
    expect(estimateExport({ sizeBytes: 0, tables: 100 }, options({ content: 'schema' }), past)).toMatchObject({
      estimatedFileBytes: 5000,
    });
  });
});

describe('the times of earlier runs', () => {
  const NONE = { seconds: 0, weight: 0 };
  const ROWS = { seconds: 60, weight: 1 };
  const times = (end: number) => ({ asked: 1, catalog: 1, tables: {}, otherTables: ROWS, largeObjects: NONE, end });

  it('are those of the ones that have any and went about it in the same way', () => {
    const past = [
      ran({}),
      ran({ compression: 'gzip' }, { times: times(1) }),
      ran({ format: 'directory' }, { times: times(2) }),
      ran({ verify: 'restore' }, { times: times(3) }),
      ran({ maxBytesPerSecond: 1e6 }, { times: times(4) }),
      ran({ note: 'whatever for' }, { times: times(5) }),
    ];
    expect(timesOfRunsLike(options(), past)?.end).toBe(5);
    expect(timesOfRunsLike(options({ compression: 'gzip' }), past)?.end).toBe(1);
    expect(timesOfRunsLike(options({ content: 'schema' }), past)).toBeNull();
  });

  it('are those of the same tables where there are any, else those of the newest one', () => {
    const some = { includeTables: [{ schema: 'public', name: 'orders' }] };
    const past = [ran(some, { times: times(1) }), ran({}, { times: times(5) })];
    expect(timesOfRunsLike(options(), past)?.end).toBe(5);
    expect(timesOfRunsLike(options(some), past)?.end).toBe(1);
    expect(timesOfRunsLike(options({ excludeSchemas: ['log'] }), past)?.end).toBe(1);
  });

  it('are the median of the three newest', () => {
    const past = [5, 9, 6, 20, 20].map((end) => ran({}, { times: times(end) }));
    expect(timesOfRunsLike(options(), past)?.end).toBe(6);
  });
});
