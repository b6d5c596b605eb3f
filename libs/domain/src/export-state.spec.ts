import { EXPORT_STATUSES, type ExportStatus, isFinal, mayFollow } from './export-state.js';

const successors = (from: ExportStatus) => EXPORT_STATUSES.filter((to) => mayFollow(from, to));

describe('the life of an export', () => {
  it('waits until it runs, is cancelled, or can never run', () => {
    expect(successors('queued')).toEqual(['running', 'failed', 'cancelled']);
  });

  it('runs until it has a file, has none, or is put back for another worker', () => {
    expect(successors('running')).toEqual(['queued', 'ready', 'failed', 'cancelled']);
  });

  it('loses its file by expiry or deletion, and in no other way', () => {
    expect(successors('ready')).toEqual(['expired', 'deleted']);
  });

  it.each<ExportStatus>(['failed', 'cancelled', 'expired', 'deleted'])('never leaves %s', (status) => {
    expect(successors(status)).toEqual([]);
  });

  it('is final as soon as no worker will touch it again', () => {
    expect(EXPORT_STATUSES.filter(isFinal)).toEqual(['ready', 'failed', 'cancelled', 'expired', 'deleted']);
  });
});
