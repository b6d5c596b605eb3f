/** The last bytes of a text that may be endless. */
export class TextTail {
  private text = '';

  /** @param limit characters kept */
  constructor(private readonly limit = 8192) {}

  add(text: string): void {
    this.text = (this.text + text).slice(-this.limit);
  }

  toString(): string {
    return this.text;
  }
}
