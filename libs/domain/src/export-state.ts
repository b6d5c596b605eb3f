/** Where an export is in its life. The last five are final, except that `ready` becomes `expired` or `deleted`. */
export const EXPORT_STATUSES = ['queued', 'running', 'ready', 'failed', 'cancelled', 'expired', 'deleted'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

/** What the worker is doing, in the order in which it is done. */
export const EXPORT_STAGES = ['waiting', 'preparing', 'dumping', 'verifying', 'storing', 'done'] as const;
export type ExportStage = (typeof EXPORT_STAGES)[number];

const NEXT: Record<ExportStatus, readonly ExportStatus[]> = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['ready', 'failed', 'cancelled', 'queued'],
  ready: ['expired', 'deleted'],
  failed: [],
  cancelled: [],
  expired: [],
  deleted: [],
};

/** Whether `to` may follow `from`; `running` → `queued` is a run put back for another worker. */
export function mayFollow(from: ExportStatus, to: ExportStatus): boolean {
  return NEXT[from].includes(to);
}

/** Whether no worker will touch the export again. */
export function isFinal(status: ExportStatus): boolean {
  return status !== 'queued' && status !== 'running';
}
