import { Injectable, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

/** Begins to read what the request is about; null: there is nothing to read ahead for it. */
export type EarlyRead<Found> = (request: Request) => Promise<Found> | null;

export const READS_EARLY = 'reads early';

/** What this route answers is read while it is found out whether its caller may see it. */
export const ReadsEarly = (what: symbol): MethodDecorator => SetMetadata(READS_EARLY, what);

/**
 * What is read for a request before the guard has let it in: not before its token is known to be one of ours, and not
 * shown before the guard has. Both questions then leave together, and a poll waits for the database once instead of twice.
 */
@Injectable()
export class EarlyReads {
  private readonly reads = new Map<symbol, EarlyRead<unknown>>();
  private readonly begun = new WeakMap<Request, Promise<unknown>>();

  /** @param read what `@ReadsEarly(what)` of a route stands for */
  offer<Found>(what: symbol, read: EarlyRead<Found>): void {
    this.reads.set(what, read);
  }

  begin(what: symbol, request: Request): void {
    const reading = this.reads.get(what)?.(request) ?? null;
    if (reading === null) return;
    // Whoever takes it hears of a failure; a request that is refused has no use for it.
    reading.catch(() => undefined);
    this.begun.set(request, reading);
  }

  /** What was begun for this request; null: nothing was. */
  take(request: Request): Promise<unknown> | null {
    return this.begun.get(request) ?? null;
  }
}
