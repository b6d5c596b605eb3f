import { loadConfig } from './config.js';

const url = (name: string) => `postgres://reader@db.example.com/${name}`;

describe('the databases that can be exported', () => {
  it('are main and then the others by their lower-case names', () => {
    const { sources } = loadConfig({
      EXPORT_DATABASE_URL_REPORTS_2: url('r'),
      EXPORT_DATABASE_URL_ARCHIVE: url('a'),
      EXPORT_DATABASE_URL: url('m'),
    });
    expect(sources).toEqual([
      { name: 'main', url: url('m') },
      { name: 'archive', url: url('a') },
      { name: 'reports_2', url: url('r') },
    ]);
  });

  it('do not include one whose variable is blank', () => {
    expect(loadConfig({ EXPORT_DATABASE_URL_OLD: ' ' }).sources).toEqual([]);
  });

  it.each(['MAIN', 'main', 'FILE', 'SHOP_FILE', 'shop_file'])('cannot be called %s, which is reserved', (suffix) => {
    expect(() => loadConfig({ [`EXPORT_DATABASE_URL_${suffix}`]: url('x') })).toThrow(
      new RegExp(`EXPORT_DATABASE_URL_${suffix} has a reserved name`),
    );
  });

  it.each(['A-B', 'É', 'A.B', 'X'.repeat(41)])('cannot be called %s', (suffix) => {
    expect(() => loadConfig({ [`EXPORT_DATABASE_URL_${suffix}`]: url('x') })).toThrow(/must be named with letters/);
  });

  it('cannot share a name by differing in case alone', () => {
    expect(() => loadConfig({ EXPORT_DATABASE_URL_A: url('x'), EXPORT_DATABASE_URL_a: url('y') })).toThrow(
      /EXPORT_DATABASE_URL_a /i,
    );
  });
});
