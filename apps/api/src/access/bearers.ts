import type { Caller } from '#lib/domain';
import type { AccessTokens } from './access-tokens.js';
import { ApiTokens } from './api-tokens.js';
import type { Callers } from './callers.js';

/** Tokens of a kind that an identity provider has issued. */
export interface IssuedElsewhere {
  isMeant(bearer: string): boolean;
  callerOf(bearer: string, address: string): Promise<Caller | null>;
}

/**
 * Who is behind a bearer, unless it is an access token of ours that has not been verified yet. What a token claims to be
 * decides who is asked about it, and nobody else is: none can pass as one of another kind.
 */
export class Bearers {
  /** @param elsewhere null: there is no identity provider */
  constructor(
    private readonly callers: Callers,
    private readonly tokens: Pick<AccessTokens, 'known'>,
    private readonly elsewhere: IssuedElsewhere | null,
  ) {}

  /**
   * Null: it is not good. Undefined: it can only be an access token of ours, and has to be verified.
   * @param onVerified called when it is one of ours, before it is asked whether its session lives
   */
  async callerOf(bearer: string, address: string, onVerified?: () => void): Promise<Caller | null | undefined> {
    if (ApiTokens.isMeant(bearer)) return this.callers.ofToken(bearer, address);
    if (this.elsewhere?.isMeant(bearer) === true) return this.elsewhere.callerOf(bearer, address);
    const claims = await this.tokens.known(bearer);
    if (claims === null) return undefined;
    onVerified?.();
    return this.callers.ofClaims(claims);
  }
}
