import type { Caller } from '#lib/domain';
import { ApiTokens } from './api-tokens.js';
import type { Callers } from './callers.js';

/** Tokens of a kind that an identity provider has issued. */
export interface IssuedElsewhere {
  isMeant(bearer: string): boolean;
  callerOf(bearer: string, address: string): Promise<Caller | null>;
}

/**
 * Who is behind a bearer that is no access token of ours. What a token claims to be decides who is asked about it, and
 * nobody else is: none can pass as one of another kind.
 */
export class Bearers {
  /** @param elsewhere null: there is no identity provider */
  constructor(
    private readonly callers: Callers,
    private readonly elsewhere: IssuedElsewhere | null,
  ) {}

  /** Null: it is not good. Undefined: it can only be an access token of ours. */
  async callerOf(bearer: string, address: string): Promise<Caller | null | undefined> {
    if (ApiTokens.isMeant(bearer)) return this.callers.ofToken(bearer, address);
    return this.elsewhere?.isMeant(bearer) === true ? this.elsewhere.callerOf(bearer, address) : undefined;
  }
}
