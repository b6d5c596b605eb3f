import type { OidcSettings } from '#lib/config';
import { SessionStore, type UserEntity } from '#lib/database';
import type { Caller } from '#lib/domain';
import { decodeJwt } from 'jose';
import { createHash } from 'node:crypto';
import type { Callers } from '../access/callers.js';
import type { IdentityProvider } from './identity-provider.js';
import type { ProviderAdmission } from './provider-admission.js';
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
    private readonly admission: ProviderAdmission,
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
  async callerOf(token: string, address: string): Promise<Caller | null> {
    const claims = await this.provider.claimsOf(token);
    const who = readClaims(claims, this.settings);
    if (claims?.exp === undefined || who === null) return null;
    const user = await this.admission.admit(who, address);
    if (user.disabled) return null;
    const sessionId = this.sessionOf(who, token);
    await this.carryOn(sessionId, user, {
      expiresAt: new Date(claims.exp * 1_000),
      steppedUpAt: provenAt(who),
      address,
    });
    return this.callers.alive({ via: 'session', sessionId });
  }

  /** The first token of a session signs somebody in, and is written down as such; the others carry it on. */
  private async carryOn(
    id: string,
    user: UserEntity,
    { expiresAt, steppedUpAt, address }: { expiresAt: Date; steppedUpAt: Date; address: string },
  ): Promise<void> {
    const session = await this.sessions.alive(id);
    if (session !== null && session.expiresAt >= expiresAt && session.steppedUpAt >= steppedUpAt) return;
    const carryOn = () => this.sessions.carryOn(id, user.id, expiresAt, steppedUpAt);
    if (session !== null || (await this.sessions.isKnown(id))) return carryOn();
    await this.admission.signIn(user, id, address, carryOn);
    // It may have been another's sign-in that this one has waited for, with a token that lives less long.
    await carryOn();
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
