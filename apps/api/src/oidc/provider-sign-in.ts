import type { OidcSettings } from '#lib/config';
import { type LivingSession, SessionStore } from '#lib/database';
import { type AuditActor, Refusal } from '#lib/domain';
import * as client from 'openid-client';
import { type OpenedSession, type SessionDesk } from '../access/session-desk.js';
import { FLOW_MINUTES, type Flow } from './flow-cookie.js';
import { type IdentityProvider, unavailable } from './identity-provider.js';
import type { ProviderAdmission } from './provider-admission.js';
import { provenAt } from './provider-bearers.js';
import { readClaims, type VouchedFor } from './provider-claims.js';

/** What the provider has withdrawn since is not heard of before the next sign-in. */
const SESSION_HOURS = 12;
const CLOCKS_DIFFER_MS = 30_000;

export interface FlowRequest {
  redirectUri: string;
  returnTo: string;
  /** The session that steps up; null: somebody signs in. */
  sessionId: string | null;
}

/** Signing in on the page by the provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0 §3.1). */
export class ProviderSignIn {
  constructor(
    private readonly settings: OidcSettings,
    private readonly provider: IdentityProvider,
    private readonly admission: ProviderAdmission,
    private readonly sessions: SessionStore,
    private readonly desk: SessionDesk,
  ) {}

  /** @throws {Refusal} `identity_provider_unavailable` */
  async begin({ redirectUri, returnTo, sessionId }: FlowRequest): Promise<{ flow: Flow; url: URL }> {
    const configuration = await this.provider.configuration();
    const flow: Flow = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
      redirectUri,
      returnTo,
      sessionId,
      startedAt: Date.now(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(flow.codeVerifier),
      code_challenge_method: 'S256',
      // With either, the provider says when they last proved who they are (auth_time).
      ...(sessionId === null ? { max_age: String(SESSION_HOURS * 3_600) } : { max_age: '0', prompt: 'login' }),
    });
    return { flow, url };
  }

  /**
   * @param query that the provider sent the browser back with
   * @param address of the browser
   * @returns the session that was opened; null: one that was there has stepped up
   * @throws {Refusal} `unauthenticated`, `forbidden`, `another_account`, `identity_provider_unavailable`
   */
  async finish(flow: Flow, query: string, address: string | null): Promise<OpenedSession | null> {
    const who = await this.exchange(flow, query);
    const user = await this.admission.admit(who, address);
    if (user.disabled) throw new Refusal('forbidden', 'This account is switched off.');
    if (flow.sessionId === null) return this.desk.open(user, { hours: SESSION_HOURS, steppedUpAt: provenAt(who) });
    await this.stepUp(await this.sessions.alive(flow.sessionId), flow, { userId: user.id, who });
    return null;
  }

  /**
   * The page shows one account, and the browser may have signed in as another since.
   * @throws {Refusal} `another_account`; `unauthenticated` where the session has ended
   */
  async isOf(sessionId: string, userId: string): Promise<void> {
    if ((await this.whoStepsUp(sessionId)).userId !== userId) throw anotherAccount();
  }

  /**
   * Whose session is to step up, as the audit trail says it.
   * @throws {Refusal} `unauthenticated` where it has ended: of nobody whom we know, a record could be had for the asking
   */
  async whoStepsUp(sessionId: string): Promise<AuditActor> {
    const session = await this.sessions.alive(sessionId);
    if (session === null) throw again('The session to step up has ended.');
    return { userId: session.userId, email: session.user.email, via: 'session', credentialId: session.id };
  }

  private async stepUp(
    session: LivingSession | null,
    flow: Flow,
    by: { userId: string; who: VouchedFor },
  ): Promise<void> {
    const { authenticatedAt } = by.who;
    if (session === null) throw again('The session to step up has ended.');
    if (session.userId !== by.userId) throw anotherAccount();
    if (authenticatedAt === null || authenticatedAt.getTime() < flow.startedAt - CLOCKS_DIFFER_MS) {
      throw again('The identity provider does not say that you have just proven who you are (auth_time).');
    }
    await this.sessions.stepUp(session.id);
  }

  private async exchange(flow: Flow, query: string): Promise<VouchedFor> {
    const configuration = await this.provider.configuration();
    const url = new URL(flow.redirectUri);
    url.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      const who = readClaims(claims, this.settings);
      if (claims === undefined || who === null) throw again('The identity provider does not say who you are.');
      if (who.role !== null || configuration.serverMetadata().userinfo_endpoint === undefined) return who;
      // Many providers keep all but the bare identity out of the ID token.
      const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return readClaims({ ...more, ...claims }, this.settings) ?? who;
    } catch (error) {
      throw asRefusalOfProvider(error);
    }
  }
}

function asRefusalOfProvider(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof client.AuthorizationResponseError) {
    return new Refusal('unauthenticated', 'The identity provider did not sign you in.', { cause: error });
  }
  const isStale = error instanceof client.ResponseBodyError && error.error === 'invalid_grant';
  const isForged = error instanceof client.ClientError && FORGED.has(error.code ?? '');
  return isStale || isForged ? again('This sign-in is not the one that was begun.', error) : unavailable(error);
}

/** What openid-client says of an answer that does not belong to what was asked: state, nonce, signature, claims. */
const FORGED = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
]);

function anotherAccount(): Refusal {
  return new Refusal('another_account', 'That is another account than the one whose session is to step up.');
}

export function again(words: string, cause?: unknown): Refusal {
  return new Refusal(
    'unauthenticated',
    `${words} Begin again; it has to be done within ${String(FLOW_MINUTES)} minutes.`,
    {
      cause,
    },
  );
}
