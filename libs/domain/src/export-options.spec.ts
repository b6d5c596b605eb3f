import { completeOptions, type ExportOptions, type RequestedOptions, storedOptions } from './export-options.js';

describe('the options of an export', () => {
  it('are the defaults of the contract when nothing is asked for', () => {
    expect(completeOptions({})).toEqual({
      format: 'custom',
      compression: 'zstd',
      compressionLevel: 1,
      jobs: null,
      content: 'all',
      includeSchemas: [],
      excludeSchemas: [],
      includeTables: [],
      excludeTables: [],
      excludeTableData: [],
      noOwner: true,
      noPrivileges: false,
      clean: false,
      maxBytesPerSecond: null,
      verify: 'archive',
      encryptTo: [],
      note: null,
    });
  });

  it.each([
    ['zstd', 1],
    ['gzip', 6],
    ['none', 0],
  ] as const)('compress by %s at level %i unless a level is asked for', (compression, compressionLevel) => {
    expect(completeOptions({ compression })).toMatchObject({ compression, compressionLevel });
  });

  it('keep every wish', () => {
    const wishes = {
      format: 'custom',
      compression: 'gzip',
      compressionLevel: 9,
      content: 'all',
      includeSchemas: ['sales', 'public'],
      excludeSchemas: ['attic'],
      includeTables: [{ schema: 'sales', name: 'Orders' }],
      excludeTables: [{ schema: 'sales', name: 'logs' }],
      excludeTableData: [{ schema: 'public', name: 'orders' }],
      noOwner: false,
      noPrivileges: true,
      clean: false,
      maxBytesPerSecond: 1_000_000,
      verify: 'archive',
      encryptTo: ['age1…'],
      note: 'before the move',
    } satisfies RequestedOptions;
    expect(completeOptions(wishes)).toEqual({ ...wishes, jobs: null });
  });

  it.each([
    ['zstd', 19],
    ['zstd', 1],
    ['gzip', 9],
    ['gzip', 1],
  ] as const)('may ask %s for level %i', (compression, compressionLevel) => {
    expect(completeOptions({ compression, compressionLevel })).not.toHaveProperty('problem');
  });

  it.each([
    ['zstd', 20, '1 to 19'],
    ['zstd', 0, '1 to 19'],
    ['gzip', 10, '1 to 9'],
    ['gzip', 0, '1 to 9'],
  ] as const)('cannot ask %s for level %i, and are told the range', (compression, compressionLevel, range) => {
    expect(completeOptions({ compression, compressionLevel })).toEqual({
      problem: `compressionLevel of ${compression} is ${range}.`,
    });
  });

  it('cannot give a level to no compression at all', () => {
    expect(completeOptions({ compression: 'none', compressionLevel: 0 })).toEqual({
      problem: 'compressionLevel has no meaning with compression "none".',
    });
  });

  it('of a directory dump with one connection a processor, sixteen at most, unless a number is asked for', () => {
    expect(completeOptions({ format: 'directory' }, 6)).toMatchObject({ jobs: 6 });
    expect(completeOptions({ format: 'directory' }, 64)).toMatchObject({ jobs: 16 });
    expect(completeOptions({ format: 'directory', jobs: 2 }, 64)).toMatchObject({ jobs: 2 });
    expect(completeOptions({}, 64)).toMatchObject({ jobs: null });
  });

  it.each([
    [{ jobs: 2 }, /^jobs has no meaning with format "custom"/],
    [{ jobs: 2, format: 'plain' }, /^jobs has no meaning with format "plain"/],
    [{ clean: true }, /^clean has no meaning with format "custom"/],
    [{ clean: true, format: 'directory' }, /^clean has no meaning with format "directory"/],
    [{ clean: true, format: 'plain', content: 'data' }, /^clean has no meaning with content "data"/],
    [
      { format: 'directory', maxBytesPerSecond: 1_000_000 },
      /^maxBytesPerSecond is not possible with format "directory"/,
    ],
    [{ format: 'directory', encryptTo: ['age1…'] }, /^encryptTo is not possible with format "directory"/],
    [{ verify: 'restore', encryptTo: ['age1…'] }, /^encryptTo is not possible with verify "restore"/],
    [{ verify: 'restore', format: 'plain' }, /^format "plain" is not possible with verify "restore"/],
    [{ verify: 'restore', content: 'data' }, /^content "data" is not possible with verify "restore"/],
  ] as const)('%j make no sense together', (wishes, problem) => {
    expect(completeOptions(wishes as RequestedOptions)).toEqual({
      problem: expect.stringMatching(problem) as string,
    });
  });

  it('of a script may drop first what they make', () => {
    expect(completeOptions({ format: 'plain', clean: true })).toMatchObject({ format: 'plain', clean: true });
    expect(completeOptions({ format: 'directory', clean: false })).toMatchObject({ clean: false });
  });

  it('of an earlier version left nothing out and dropped nothing', () => {
    const { includeSchemas, excludeSchemas, includeTables, excludeTables, excludeTableData, clean, ...stored } =
      completeOptions({ note: 'old' }) as ExportOptions;
    const since = { includeSchemas, excludeSchemas, includeTables, excludeTables, excludeTableData, clean };
    expect(storedOptions(stored)).toEqual({ ...stored, ...since });
    const kept = { ...stored, ...since, excludeSchemas: ['attic'], clean: true };
    expect(storedOptions(kept)).toEqual(kept);
  });
});
