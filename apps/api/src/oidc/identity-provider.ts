import type { OidcSettings } from '#lib/config';
import { Refusal } from '#lib/domain';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type RemoteJWKSet } from 'jose';
import * as client from 'openid-client';

/** None with a shared secret: a public key taken for one would then sign anything. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
const DISCOVERY_MS = 3_600_000;
const TIMEOUT_SECONDS = 5;
/** A token with an unknown key is a reason to fetch the keys anew, though not more often than that. */
const KEYS_COOLDOWN_MS = 5_000;
const CLOCKS_DIFFER_SECONDS = 30;

/** Where we ask a provider that does not sign in for the page; discovery itself has no client. */
const NO_CLIENT = 'pg-export';

/** For a provider on this machine, the only one that the configuration takes with http://. */
// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out, says its documentation
const WITHOUT_TLS = [client.allowInsecureRequests];

interface Discovered {
  configuration: client.Configuration;
  keys: RemoteJWKSet;
}

/** The existing identity provider: what it says of itself, and the tokens that it has signed. */
export class IdentityProvider {
  /** Asked once for all who wait, and again when it is old, or has failed. */
  private discovered: Promise<Discovered> | null = null;
  private knownUntil = Infinity;

  constructor(private readonly settings: OidcSettings) {}

  /** @throws {Refusal} `identity_provider_unavailable` */
  async configuration(): Promise<client.Configuration> {
    return (await this.discover()).configuration;
  }

  /**
   * The claims of an access token for us; null when it is none.
   * @throws {Refusal} `identity_provider_unavailable`
   */
  async claimsOf(token: string): Promise<JWTPayload | null> {
    const { issuer, audience } = this.settings;
    if (audience === null) return null;
    const { keys } = await this.discover();
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCKS_DIFFER_SECONDS,
        requiredClaims: ['sub', 'exp'],
      });
      return isAccessToken(payload, protectedHeader.typ) ? payload : null;
    } catch (error) {
      if (isRefusalOfToken(error)) return null;
      throw unavailable(error);
    }
  }

  private async discover(): Promise<Discovered> {
    if (this.discovered !== null && this.knownUntil < Date.now()) this.discovered = null;
    this.discovered ??= this.ask();
    try {
      return await this.discovered;
    } catch (error) {
      this.discovered = null;
      throw unavailable(error);
    }
  }

  private async ask(): Promise<Discovered> {
    this.knownUntil = Infinity;
    const { issuer, client: own } = this.settings;
    const configuration = await client.discovery(
      new URL(issuer),
      own?.id ?? NO_CLIENT,
      undefined,
      typeof own?.secret === 'string' ? client.ClientSecretBasic(own.secret) : client.None(),
      {
        timeout: TIMEOUT_SECONDS,
        // The ID token's signature is checked though it comes over TLS: by the same keys as every other token.
        execute: [client.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? WITHOUT_TLS : [])],
      },
    );
    const { jwks_uri } = configuration.serverMetadata();
    if (jwks_uri === undefined) throw new Error('The identity provider names no keys (jwks_uri).');
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      timeoutDuration: TIMEOUT_SECONDS * 1_000,
      cooldownDuration: KEYS_COOLDOWN_MS,
    });
    this.knownUntil = Date.now() + DISCOVERY_MS;
    return { configuration, keys };
  }
}

/**
 * Not an ID token, which is for the page's sign-in alone and carries one of these claims, nor a token that says it is
 * something else (RFC 9068 §2.1, RFC 8725 §3.11).
 */
function isAccessToken(claims: JWTPayload, typ: string | undefined): boolean {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (type !== undefined && type !== 'jwt' && type !== 'at+jwt') return false;
  return !['nonce', 'at_hash', 'c_hash', 'events'].some((claim) => claim in claims);
}

/** The other errors tell of keys that could not be had. */
function isRefusalOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}

export function unavailable(cause: unknown): Refusal {
  const words = 'The identity provider cannot be reached, or does not answer as it should. Try again in a moment.';
  return new Refusal('identity_provider_unavailable', words, { cause, retryAfterSeconds: 5 });
}
