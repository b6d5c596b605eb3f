import { completeOptions, type ExportOptions } from './export-options.js';

describe('the options of an export', () => {
  it('are the defaults of the contract when nothing is asked for', () => {
    expect(completeOptions({})).toEqual({
      format: 'custom',
      compression: 'zstd',
      compressionLevel: 1,
      content: 'all',
      noOwner: true,
      noPrivileges: false,
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
      content: 'schema',
      noOwner: false,
      noPrivileges: true,
      maxBytesPerSecond: 1_000_000,
      verify: 'archive',
      encryptTo: ['age1…'],
      note: 'before the move',
    } satisfies ExportOptions;
    expect(completeOptions(wishes)).toEqual(wishes);
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
});
