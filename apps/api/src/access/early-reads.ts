import { Injectable, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

/** Begins to read what the request is about; null: there is nothing to read ahead for it. */
export type EarlyRead<Found> = (request: Request) => Promise<Found> | null;

export const READS_EARLY = Symbol('reads early');

/** Names something that is read early, and says what it is. */
export class EarlyKey<Found> {
  declare private readonly found: Found;

  constructor(readonly name: string) {}
}

/** What this route answers is read while it is found out whether its caller may see it. */
export const ReadsEarly = (what: EarlyKey<unknown>): MethodDecorator => SetMetadata(READS_EARLY, what);

/**
 * What is read for a request before the guard has let it in: not before its token is known to be one of ours, and not
 * shown before the guard has. Both questions then leave together, and a poll waits for the database once instead of twice.
 */
@Injectable()
export class EarlyReads {
  private readonly reads = new Map<EarlyKey<unknown>, EarlyRead<unknown>>();
  private readonly begun = new WeakMap<Request, { what: EarlyKey<unknown>; reading: Promise<unknown> }>();

  /** @param read what `@ReadsEarly(what)` of a route stands for */
  offer<Found>(what: EarlyKey<Found>, read: EarlyRead<Found>): void {
    this.reads.set(what, read);
  }

  begin(what: EarlyKey<unknown>, request: Request): void {
    const reading = this.reads.get(what)?.(request) ?? null;
    if (reading === null) return;
    // Whoever takes it hears of a failure; a request that is refused has no use for it.
    reading.catch(() => undefined);
    this.begun.set(request, { what, reading });
  }

  /** What was begun for this request; null: nothing was. */
  take<Found>(what: EarlyKey<Found>, request: Request): Promise<Found> | null {
    const begun = this.begun.get(request);
    // Only what was offered for the same key can be behind it.
    return begun?.what === what ? (begun.reading as Promise<Found>) : null;
  }
}
