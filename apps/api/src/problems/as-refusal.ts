import { Refusal, type RefusalCode } from '#lib/domain';
import { HttpException, HttpStatus } from '@nestjs/common';

/** What the framework itself refuses, by its status. */
const CODE_OF_STATUS: Partial<Record<number, RefusalCode>> = {
  [HttpStatus.BAD_REQUEST]: 'invalid_request',
  [HttpStatus.UNAUTHORIZED]: 'unauthenticated',
  [HttpStatus.FORBIDDEN]: 'forbidden',
  [HttpStatus.NOT_FOUND]: 'not_found',
  [HttpStatus.METHOD_NOT_ALLOWED]: 'method_not_allowed',
  [HttpStatus.PAYLOAD_TOO_LARGE]: 'payload_too_large',
  [HttpStatus.UNSUPPORTED_MEDIA_TYPE]: 'invalid_request',
};

/**
 * SQLSTATE classes and system errors of a database that is away: connection exceptions, shutdown, too many clients, a
 * refused sign-in, no such database, one that takes no connections.
 */
const DATABASE_AWAY = /^(08|28|57P0|53300|3D000|55000|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND)/;

/** Any error as a refusal; one that nobody foresaw is `internal` and says nothing of its inside. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = statusOf(error);
  const code = status === null ? undefined : CODE_OF_STATUS[status];
  if (code !== undefined) return new Refusal(code, sentenceOf(code, error), { cause: error });
  if (
    DATABASE_AWAY.test(codeOf(error)) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(String(error))
  ) {
    return new Refusal('database_unavailable', "pg-export's own database cannot be reached. Try again in a moment.", {
      cause: error,
      retryAfterSeconds: 5,
    });
  }
  return new Refusal('internal', 'Something went wrong on our side. The correlation id leads to it in the log.', {
    cause: error,
  });
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  // Express' own parsers throw errors that carry a status.
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' ? status : null;
}

function sentenceOf(code: RefusalCode, error: unknown): string {
  if (code === 'not_found') return 'There is nothing here.';
  if (code === 'unauthenticated') return 'Sign in first: the credentials are missing, wrong or no longer valid.';
  if (code === 'payload_too_large') return 'The body of the request is too large.';
  return error instanceof Error ? error.message : 'The request cannot be understood.';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return 'driverError' in error ? codeOf(error.driverError) : '';
}
