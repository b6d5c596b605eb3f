/** Why a request is refused: a code for machines; the sentence for people is the message. */
export const REFUSAL_CODES = [
  'invalid_request',
  'expectation_failed',
  'headers_too_large',
  'request_timeout',
  'invalid_credentials',
  'totp_required',
  'unauthenticated',
  'forbidden',
  'step_up_required',
  'another_account',
  'totp_enrolment_required',
  'too_many_attempts',
  'not_found',
  'method_not_allowed',
  'not_ready',
  'not_cancellable',
  'not_deletable',
  'gone',
  'range_not_satisfiable',
  'payload_too_large',
  'idempotency_conflict',
  'totp_already_on',
  'totp_not_begun',
  'email_taken',
  'last_super_admin',
  'no_password',
  'invalid_options',
  'unknown_database',
  'unknown_table',
  'verify_unavailable',
  'link_invalid',
  'queue_full',
  'exports_disabled',
  'export_failed',
  'source_unavailable',
  'export_cancelled',
  'shutting_down',
  'identity_provider_unavailable',
  'storage_unavailable',
  'database_unavailable',
  'internal',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** A request that can't be answered as asked. HTTP words belong to the API alone. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'Refusal';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  readonly retryAfterSeconds: number | undefined;
}
