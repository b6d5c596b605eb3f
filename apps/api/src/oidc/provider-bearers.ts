import type { OidcSettings } from '#lib/config';
import { ProviderAccounts, SessionStore, type UserEntity } from '#lib/database';
import { type Caller, Refusal } from '#lib/domain';
import { decodeJwt } from 'jose';
import { createHash } from 'node:crypto';
import type { Callers } from '../access/callers.js';
import type { IdentityProvider } from './identity-provider.js';
import { readClaims, type VouchedFor } from './provider-claims.js';

/**
 * Bearers with an access token of the identity provider. Each has a session here, so that everything that hangs on one
 * works for them too: download links, signing out, switching the account off. It is that of the provider's session
 * where the token names it (`sid`), and lives on with the next token; else it is the token's own.
 */
export class ProviderBearers {
  constructor(
    private readonly settings: OidcSettings,
    private readonly provider: IdentityProvider,
    private readonly accounts: ProviderAccounts,
    private readonly sessions: SessionStore,
    private readonly callers: Callers,
  ) {}

  /** Whether it claims to be of the provider: then nobody else is asked about it. */
  isMeant(bearer: string): boolean {
    if (this.settings.audience === null) return false;
    try {
      return decodeJwt(bearer).iss === this.settings.issuer;
    } catch {
      return false;
    }
  }

  /**
   * Null when the token is not good, its session has ended, or the account is switched off.
   * @throws {Refusal} `forbidden` without a role; `identity_provider_unavailable`
   */
  async callerOf(token: string): Promise<Caller | null> {
    const claims = await this.provider.claimsOf(token);
    const who = readClaims(claims, this.settings);
    if (claims?.exp === undefined || who === null) return null;
    const subject = { issuer: this.settings.issuer, subject: who.subject };
    if (who.role === null) {
      await this.accounts.dismiss(subject);
      throw noRole();
    }
    const user = await this.accounts.admit(subject, who.role, who.names);
    const sessionId = this.sessionOf(who, token);
    await this.carryOn(sessionId, user, new Date(claims.exp * 1_000), provenAt(who));
    return this.callers.alive({ via: 'session', sessionId });
  }

  private async carryOn(id: string, user: UserEntity, expiresAt: Date, steppedUpAt: Date): Promise<void> {
    const session = await this.sessions.alive(id);
    if (session !== null && session.expiresAt >= expiresAt && session.steppedUpAt >= steppedUpAt) return;
    await this.sessions.carryOn(id, user.id, expiresAt, steppedUpAt);
  }

  /** The same for the same provider session or token, and nothing that anybody could choose (UUIDv8, RFC 9562 §5.8). */
  private sessionOf({ subject, providerSession }: VouchedFor, token: string): string {
    const what = providerSession === null ? { token } : { providerSession };
    const hex = createHash('sha256')
      .update(JSON.stringify([this.settings.issuer, subject, what]))
      .digest('hex');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `8${hex.slice(13, 16)}`,
      `8${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join('-');
  }
}

/** Never: then every sensitive act asks for a step-up. Not in the future, though a clock may be ahead. */
export function provenAt({ authenticatedAt }: VouchedFor): Date {
  return new Date(Math.min(authenticatedAt?.getTime() ?? 0, Date.now()));
}

export function noRole(): Refusal {
  return new Refusal('forbidden', 'The identity provider gives your account no role here (OIDC_ROLE_CLAIM).');
}
