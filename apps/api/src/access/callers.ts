import { type ApiTokenEntity, type SessionEntity, SessionStore, TokenStore } from '#lib/database';
import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { AddressRanges } from './address-ranges.js';
import { ApiTokens } from './api-tokens.js';

/** Which session or API token a caller came with. */
export type Credential = Pick<Caller, 'via' | 'sessionId'>;

/** Who is behind a session or an API token, with the rights that the account has at this moment. */
@Injectable()
export class Callers {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokens: TokenStore,
  ) {}

  /** Null when the credential is dead, or is not good from this address. */
  async alive({ via, sessionId }: Credential, address: string): Promise<Caller | null> {
    if (via === 'session') {
      const session = await this.sessions.alive(sessionId);
      return session && callerOfSession(session);
    }
    const [token] = await this.tokens.aliveAmong([sessionId]);
    return token !== undefined && isGoodFrom(token, address) ? callerOfToken(token) : null;
  }

  /** Those of the callers who may still call, by the id of their credential, in one query for each kind. */
  async aliveAmong(callers: readonly Credential[]): Promise<Map<string, Caller>> {
    const idsOf = (via: Caller['via']) => callers.filter((one) => one.via === via).map(({ sessionId }) => sessionId);
    const [sessions, tokens] = await Promise.all([
      this.sessions.aliveAmong(idsOf('session')),
      this.tokens.aliveAmong(idsOf('token')),
    ]);
    const alive = [...sessions.map(callerOfSession), ...tokens.map(callerOfToken)];
    return new Map(alive.map((caller) => [caller.sessionId, caller]));
  }

  /**
   * Reads an API token, and notes its use. Null when it is mistyped (which is found without a query), dead, or is not
   * good from this address.
   */
  async ofToken(text: string, address: string): Promise<Caller | null> {
    if (!ApiTokens.isWhole(text)) return null;
    const token = await this.tokens.aliveByHash(ApiTokens.hash(text));
    if (token === null || !isGoodFrom(token, address)) return null;
    await this.tokens.noteUse(token);
    return callerOfToken(token);
  }
}

export function callerOfSession({ id, user, steppedUpAt }: SessionEntity): Caller {
  return {
    userId: user.id,
    email: user.email,
    role: user.role,
    via: 'session',
    sessionId: id,
    scopes: null,
    steppedUpAt,
  };
}

function callerOfToken({ id, user, scopes }: ApiTokenEntity): Caller {
  return {
    userId: user.id,
    email: user.email,
    role: user.role,
    via: 'token',
    sessionId: id,
    scopes,
    steppedUpAt: null,
  };
}

function isGoodFrom({ allowedCidrs }: ApiTokenEntity, address: string): boolean {
  return allowedCidrs === null || new AddressRanges(allowedCidrs).include(address);
}
