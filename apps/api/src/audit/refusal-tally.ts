import { type RefusalCount, RefusalCounter } from '#lib/database';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

const WRITE_MS = 1_000;
/** Addresses of one minute that are counted each for itself; further ones are counted together. */
const MOST_ADDRESSES = 1_000;
const OTHERS = 'others';

/**
 * Refusals without a valid token, counted in memory and written once a second: whoever floods us costs a number in a
 * row, not a row each.
 */
@Injectable()
export class RefusalTally implements BeforeApplicationShutdown {
  private readonly logger = new Logger(RefusalTally.name);
  private counts = new Map<string, RefusalCount>();
  private addresses = new Set<string>();
  private minute = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly counter: RefusalCounter) {}

  count(address: string, code: string): void {
    this.put({ address: this.known(address), code, count: 1 });
    this.timer ??= setTimeout(() => void this.write(), WRITE_MS).unref();
  }

  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const counts = [...this.counts.values()];
    this.counts = new Map();
    if (counts.length === 0) return;
    try {
      await this.counter.add(counts);
    } catch (error) {
      this.logger.error(`Refusals could not be counted, and will be again: ${String(error)}`);
      for (const count of counts) this.put({ ...count, address: this.known(count.address) });
      this.timer ??= setTimeout(() => void this.write(), WRITE_MS).unref();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.write();
    clearTimeout(this.timer);
  }

  private put(more: RefusalCount): void {
    const key = `${more.address} ${more.code}`;
    this.counts.set(key, { ...more, count: (this.counts.get(key)?.count ?? 0) + more.count });
  }

  private known(address: string): string {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.minute) this.addresses = new Set();
    this.minute = minute;
    if (this.addresses.size < MOST_ADDRESSES) this.addresses.add(address);
    return this.addresses.has(address) ? address : OTHERS;
  }
}
