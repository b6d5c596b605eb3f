/** Something the person at the terminal can mend: shown as its sentence alone, never with a stack trace. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
  readonly exitCode: number;

  constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** What to print of anything thrown: the sentence of a PlainError, the message of anything else. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
