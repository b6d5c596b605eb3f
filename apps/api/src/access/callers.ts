import { type ApiTokenEntity, type LivingSession, SessionStore, TokenStore } from '#lib/database';
import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { AccessClaims } from './access-tokens.js';
import { AddressRanges } from './address-ranges.js';
import { ApiTokens } from './api-tokens.js';
import { SecondFactorRule } from './second-factor-rule.js';

/** Which session or API token a caller came with. */
export type Credential = Pick<Caller, 'via' | 'sessionId'>;

/** Who is behind a session or an API token, with the rights that the account has at this moment. */
@Injectable()
export class Callers {
  constructor(
    private readonly sessions: SessionStore,
    private readonly tokens: TokenStore,
    private readonly secondFactor: SecondFactorRule,
  ) {}

  /** Null when the credential is dead, or is a token that is not good from this address. */
  async alive({ via, sessionId }: Credential, address = ''): Promise<Caller | null> {
    if (via === 'session') {
      const session = await this.sessions.alive(sessionId);
      return session && this.ofSession(session);
    }
    const [token] = await this.tokens.aliveAmong([sessionId]);
    return token !== undefined && isGoodFrom(token, address) ? this.ofApiToken(token) : null;
  }

  /** Those of the callers who may still call, by the id of their credential, in one query for each kind. */
  async aliveAmong(callers: readonly Credential[]): Promise<Map<string, Caller>> {
    const idsOf = (via: Caller['via']) => callers.filter((one) => one.via === via).map(({ sessionId }) => sessionId);
    const [sessions, tokens] = await Promise.all([
      this.sessions.aliveAmong(idsOf('session')),
      this.tokens.aliveAmong(idsOf('token')),
    ]);
    const alive = [...sessions.map((row) => this.ofSession(row)), ...tokens.map((row) => this.ofApiToken(row))];
    return new Map(alive.map((caller) => [caller.sessionId, caller]));
  }

  /** Of an access token of ours, which has been verified. Null when its session is dead. */
  async ofClaims({ sid, sub }: AccessClaims): Promise<Caller | null> {
    const caller = await this.alive({ via: 'session', sessionId: sid });
    return caller?.userId === sub ? caller : null;
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
    return this.ofApiToken(token);
  }

  private ofSession({ id, user, steppedUpAt }: LivingSession): Caller {
    return { ...this.ofAccount(user), via: 'session', sessionId: id, scopes: null, steppedUpAt };
  }

  private ofApiToken({ id, user, scopes }: ApiTokenEntity): Caller {
    return { ...this.ofAccount(user), via: 'token', sessionId: id, scopes, steppedUpAt: null };
  }

  private ofAccount(user: LivingSession['user']) {
    return { userId: user.id, email: user.email, role: user.role, enrolmentDue: this.secondFactor.isDue(user) };
  }
}

function isGoodFrom({ allowedCidrs }: ApiTokenEntity, address: string): boolean {
  return allowedCidrs === null || new AddressRanges(allowedCidrs).include(address);
}
