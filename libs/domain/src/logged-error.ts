/** What a log keeps of an error. */
export interface LoggedError {
  type: string;
  message: string;
  stack: string;
  /** SQLSTATE, or the system's name of the error. */
  code?: string;
}

/**
 * An error as pino prepares it, without whatever else hangs on it: a failed query carries its parameters, and the
 * server's detail repeats the row, so that password hashes and exported data would end up in the log.
 */
export function loggedError({ type, message, stack, code }: LoggedError): LoggedError {
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}
