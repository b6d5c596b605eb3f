import { parsePostmasterFile } from './postmaster-file.ts';

describe('postmaster.pid', () => {
  it('tells process, folder, port and state', () => {
    const text = '4711\n/data\n1795407288\n35771\n\n127.0.0.1\n  1234  5678\nready   \n';
    expect(parsePostmasterFile(text)).toEqual({ pid: 4711, dataFolder: '/data', port: 35771, status: 'ready' });
  });

  it('is nothing while it is still being written', () => {
    expect(parsePostmasterFile('')).toBeUndefined();
  });
});
