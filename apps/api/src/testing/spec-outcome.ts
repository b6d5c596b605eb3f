interface Block {
  type: string;
  errors?: unknown[];
  children?: Block[];
}

/** Whether a test of this file has failed so far; jest-circus keeps its state under a symbol on the global object. */
export function hasFailed(): boolean {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(
    ({ description }) => description === 'JEST_STATE_SYMBOL',
  );
  const state = symbol && (globalThis as unknown as Record<symbol, { rootDescribeBlock?: Block }>)[symbol];
  return state?.rootDescribeBlock !== undefined && holdsError(state.rootDescribeBlock);
}

function holdsError({ errors = [], children = [] }: Block): boolean {
  return errors.length > 0 || children.some(holdsError);
}
