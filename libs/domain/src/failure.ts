/** Why an export failed: the codes that clients may rely on. */
export const FAILURE_CODES = [
  'source_unreachable',
  'authentication_failed',
  'permission_denied',
  'version_mismatch',
  'pg_dump_missing',
  'lock_timeout',
  'yielded',
  'timed_out',
  'stalled',
  'disk_full',
  'storage_failed',
  'source_error',
  'archive_invalid',
  'restore_failed',
  'verify_unavailable',
  'interrupted',
  'internal',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** Codes of a file that was ready and is no more. */
export const LOSS_CODES = ['file_lost'] as const;
export type LossCode = (typeof LOSS_CODES)[number];

/** Who has to act: the user (never retried), nobody (passes by itself, retried), we (our own bug). */
export type FailureKind = 'user' | 'transient' | 'bug';

const KINDS: Record<FailureCode, FailureKind> = {
  source_unreachable: 'user',
  authentication_failed: 'user',
  permission_denied: 'user',
  version_mismatch: 'user',
  pg_dump_missing: 'user',
  lock_timeout: 'user',
  yielded: 'transient',
  timed_out: 'user',
  stalled: 'user',
  disk_full: 'user',
  storage_failed: 'transient',
  source_error: 'user',
  archive_invalid: 'bug',
  restore_failed: 'user',
  verify_unavailable: 'user',
  interrupted: 'transient',
  internal: 'bug',
};

/**
 * An export that can't go on: `message` is for people, `detail` holds the other program's own last words (untrusted
 * text), `cause` the error underneath.
 */
export class ExportFailure extends Error {
  readonly kind: FailureKind;

  constructor(
    readonly code: FailureCode,
    message: string,
    options: { detail?: string | null; cause?: unknown; kind?: FailureKind } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ExportFailure';
    this.detail = options.detail ?? null;
    this.kind = options.kind ?? KINDS[code];
  }

  readonly detail: string | null;

  /** Any error as a failure; what nobody foresaw is `internal`, our own bug. */
  static from(error: unknown): ExportFailure {
    if (error instanceof ExportFailure) return error;
    const words = error instanceof Error ? error.message : String(error);
    return new ExportFailure('internal', 'The export stopped on an unexpected error.', { detail: words, cause: error });
  }
}
