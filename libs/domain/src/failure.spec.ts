import { ExportFailure, FAILURE_CODES } from './failure.js';

describe('a failure', () => {
  it('is tried again by itself only where the contract says so', () => {
    const transient = FAILURE_CODES.filter((code) => new ExportFailure(code, '').kind === 'transient');
    expect(transient).toEqual(['yielded', 'storage_failed', 'interrupted']);
  });

  it('may be transient for a reason of its own, such as a source that had answered before', () => {
    expect(new ExportFailure('source_unreachable', '', { kind: 'transient' }).kind).toBe('transient');
  });

  it('stays what it is when it is caught on its way', () => {
    const failure = new ExportFailure('disk_full', 'There is no room left.');
    expect(ExportFailure.from(failure)).toBe(failure);
  });

  it('is our own bug when nobody foresaw it, with the cause kept and its words as detail only', () => {
    const cause = new TypeError('x is not a function');
    const failure = ExportFailure.from(cause);
    expect(failure).toMatchObject({ code: 'internal', kind: 'bug', detail: 'x is not a function', cause });
    expect(failure.message).not.toContain('x is not a function');
  });

  it('can be made of anything that is thrown', () => {
    expect(ExportFailure.from('words')).toMatchObject({ code: 'internal', detail: 'words' });
  });
});
