/**
 * Storage that a browser may refuse (private windows, policies): then things are remembered as long as the page lives,
 * and nothing breaks.
 */
export class BrowserMemory {
  /** What the storage did not take. */
  private readonly refused = new Map<string, string>();

  constructor(private readonly storage: () => Storage) {}

  recall(key: string): string | null {
    const own = this.refused.get(key);
    if (own !== undefined) return own;
    try {
      return this.storage().getItem(`pg-export.${key}`);
    } catch {
      return null;
    }
  }

  keep(key: string, value: string): void {
    try {
      this.storage().setItem(`pg-export.${key}`, value);
      this.refused.delete(key);
    } catch {
      this.refused.set(key, value);
    }
  }

  forget(key: string): void {
    this.refused.delete(key);
    try {
      this.storage().removeItem(`pg-export.${key}`);
    } catch {
      // Nothing was kept.
    }
  }
}

/** Over visits: choices of language and colours, downloads that were started. Never a token. */
export const deviceMemory = new BrowserMemory(() => localStorage);
/** As long as this tab lives, over reloads. */
export const tabMemory = new BrowserMemory(() => sessionStorage);
