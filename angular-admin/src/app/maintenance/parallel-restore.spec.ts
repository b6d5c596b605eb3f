import { exportOf, ready } from '../testing/builders';
import { parallelRestore } from './parallel-restore';

const fileOf = (name: string, restoreCommand: string) => {
  const { file } = ready();
  return file === null ? null : { ...file, name, restoreCommand };
};
const { options } = exportOf();

describe('parallel restore', () => {
  it('reads an archive of its own over several connections', () => {
    const file = fileOf('main.dump', 'pg_restore --no-owner --exit-on-error --dbname=TARGET FILE');
    expect(parallelRestore({ options, file })).toBe(
      'pg_restore --no-owner --exit-on-error --jobs=4 --dbname=TARGET FILE',
    );
  });

  it('unpacks a wrapped one first', () => {
    const file = fileOf('main.dump.zst', 'zstd -dc FILE | pg_restore --exit-on-error --dbname=TARGET');
    expect(parallelRestore({ options, file })).toBe(
      'zstd -d FILE -o FILE.dump && pg_restore --exit-on-error --jobs=4 --dbname=TARGET FILE.dump',
    );
  });

  it.each([{ format: 'directory' as const }, { content: 'data' as const }, { encryptTo: ['age1…'] }])(
    'is not there with %j',
    (fields) => {
      const file = fileOf('main.dump', 'pg_restore --dbname=TARGET FILE');
      expect(parallelRestore({ options: { ...options, ...fields }, file })).toBeNull();
    },
  );
});
