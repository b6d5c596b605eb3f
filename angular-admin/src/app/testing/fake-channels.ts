/** `BroadcastChannel`, which the specs' page has not: what one says, the others of its name hear at once. */
export class FakeChannel extends EventTarget {
  static readonly open = new Set<FakeChannel>();

  constructor(readonly name: string) {
    super();
    FakeChannel.open.add(this);
  }

  postMessage(data: unknown): void {
    for (const other of [...FakeChannel.open]) {
      if (other === this || other.name !== this.name) continue;
      other.dispatchEvent(new MessageEvent('message', { data: structuredCloneOf(data) }));
    }
  }

  close(): void {
    FakeChannel.open.delete(this);
  }
}

const structuredCloneOf = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

export function fakeChannels(): void {
  FakeChannel.open.clear();
  Object.assign(globalThis, { BroadcastChannel: FakeChannel });
}
