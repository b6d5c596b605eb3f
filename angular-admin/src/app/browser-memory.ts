/** Storage that a browser may refuse (private windows, policies): then nothing is remembered, and nothing breaks. */
export class BrowserMemory {
  constructor(private readonly storage: () => Storage) {}

  recall(key: string): string | null {
    try {
      return this.storage().getItem(`pg-export.${key}`);
    } catch {
      return null;
    }
  }

  keep(key: string, value: string): void {
    try {
      this.storage().setItem(`pg-export.${key}`, value);
    } catch {
      // Not remembered: the page goes on with what it has.
    }
  }

  forget(key: string): void {
    try {
      this.storage().removeItem(`pg-export.${key}`);
    } catch {
      // Nothing was kept.
    }
  }
}

/** Over visits: choices of language and colours. Never a token. */
export const deviceMemory = new BrowserMemory(() => localStorage);
/** As long as this tab lives, over reloads. */
export const tabMemory = new BrowserMemory(() => sessionStorage);
