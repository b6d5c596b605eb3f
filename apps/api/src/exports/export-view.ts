import type { ExportEntity } from '#lib/database';
import type { ExportView } from './export-schemas.js';

/** An export as clients see it. */
export function toView(row: ExportEntity, queuePosition: number): ExportView {
  return {
    id: row.id,
    database: row.database,
    status: row.status,
    stage: row.stage,
    progress: row.progress,
    options: row.options,
    file: row.file === null ? null : toFileView(row.file, row.expiresAt),
    error: row.error,
    requestedBy: { id: row.requestedById, email: row.requestedByEmail, via: row.requestedVia },
    blocking: row.blocking,
    attempts: row.attempts,
    queuePosition,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function toFileView(file: NonNullable<ExportEntity['file']>, expiresAt: Date | null): ExportView['file'] {
  const { name, sizeBytes, sha256, restoreCommand, requires, proof = null } = file;
  return { name, sizeBytes, sha256, expiresAt: expiresAt?.toISOString() ?? null, restoreCommand, requires, proof };
}

/** Changes exactly when a client can see a change: the row's version, and the place in the queue. */
export function etagOf(row: Pick<ExportEntity, 'version'>, queuePosition: number): string {
  return `"${String(row.version)}-${String(queuePosition)}"`;
}

/** Where the export's status is. */
export function locationOf({ id }: ExportEntity): string {
  return `/api/v1/admin/db/export/${id}`;
}
