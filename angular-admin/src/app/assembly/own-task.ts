/** Goes on with the value in a task of its own: what follows may be as long as what came before. */
export function inOwnTask<T>(value: T): Promise<T> {
  return new Promise((go) => {
    setTimeout(() => {
      go(value);
    });
  });
}
