import type { RefusalCode } from '#lib/domain';
import { HttpStatus } from '@nestjs/common';

/** RFC 6585 §5; Nest has no name for it. */
const HEADERS_TOO_LARGE = 431;

/** The one place where a domain code meets HTTP; a new code does not compile until it has a status here. */
export const STATUS_OF = {
  invalid_request: HttpStatus.BAD_REQUEST,
  expectation_failed: HttpStatus.EXPECTATION_FAILED,
  headers_too_large: HEADERS_TOO_LARGE,
  request_timeout: HttpStatus.REQUEST_TIMEOUT,
  invalid_credentials: HttpStatus.UNAUTHORIZED,
  totp_required: HttpStatus.UNAUTHORIZED,
  unauthenticated: HttpStatus.UNAUTHORIZED,
  forbidden: HttpStatus.FORBIDDEN,
  step_up_required: HttpStatus.FORBIDDEN,
  another_account: HttpStatus.FORBIDDEN,
  totp_enrolment_required: HttpStatus.FORBIDDEN,
  link_invalid: HttpStatus.FORBIDDEN,
  not_found: HttpStatus.NOT_FOUND,
  method_not_allowed: HttpStatus.METHOD_NOT_ALLOWED,
  not_ready: HttpStatus.CONFLICT,
  not_cancellable: HttpStatus.CONFLICT,
  not_deletable: HttpStatus.CONFLICT,
  idempotency_conflict: HttpStatus.CONFLICT,
  export_cancelled: HttpStatus.CONFLICT,
  totp_already_on: HttpStatus.CONFLICT,
  totp_not_begun: HttpStatus.CONFLICT,
  email_taken: HttpStatus.CONFLICT,
  last_super_admin: HttpStatus.CONFLICT,
  no_password: HttpStatus.CONFLICT,
  gone: HttpStatus.GONE,
  payload_too_large: HttpStatus.PAYLOAD_TOO_LARGE,
  range_not_satisfiable: HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
  invalid_options: HttpStatus.UNPROCESSABLE_ENTITY,
  unknown_database: HttpStatus.UNPROCESSABLE_ENTITY,
  unknown_table: HttpStatus.UNPROCESSABLE_ENTITY,
  verify_unavailable: HttpStatus.UNPROCESSABLE_ENTITY,
  too_many_attempts: HttpStatus.TOO_MANY_REQUESTS,
  queue_full: HttpStatus.TOO_MANY_REQUESTS,
  // The database that is exported stands behind us, as a server behind a gateway (RFC 9110 §15.6.3).
  export_failed: HttpStatus.BAD_GATEWAY,
  source_unavailable: HttpStatus.BAD_GATEWAY,
  exports_disabled: HttpStatus.SERVICE_UNAVAILABLE,
  shutting_down: HttpStatus.SERVICE_UNAVAILABLE,
  identity_provider_unavailable: HttpStatus.SERVICE_UNAVAILABLE,
  storage_unavailable: HttpStatus.SERVICE_UNAVAILABLE,
  database_unavailable: HttpStatus.SERVICE_UNAVAILABLE,
  internal: HttpStatus.INTERNAL_SERVER_ERROR,
} as const satisfies Record<RefusalCode, HttpStatus | typeof HEADERS_TOO_LARGE>;
