import { jest } from '@jest/globals';
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { format } from 'node:util';
import Provider, { type Configuration } from 'oidc-provider';
import { Browser, targetOf } from './browser.js';

export const AUDIENCE = 'https://pg-export.example.com';
export const CLIENT = { id: 'pg-export', secret: 'a secret of the page' };
/** A script's client, which gets access tokens for whatever audience it asks for. */
const SCRIPT = { id: 'script', redirectUri: 'http://127.0.0.1:9/none' };

export interface ProviderAccount {
  roles: string[];
  email?: string;
}

/** A real identity provider (`oidc-provider`) on this machine, with accounts that any password opens. */
export class OidcIssuer {
  /** By the name that they sign in with, which is also their subject. */
  readonly accounts = new Map<string, ProviderAccount>();
  /** How often its keys were fetched. */
  keyFetches = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
    private handler: ReturnType<Provider['callback']>,
    private key: JWK,
  ) {}

  static async start(): Promise<OidcIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const key = await newKey();
    quieten();
    const issuer = new OidcIssuer(server, url, () => Promise.resolve(), key);
    issuer.serve(key);
    server.on('request', (request, response) => {
      if (request.url === '/jwks') issuer.keyFetches += 1;
      void issuer.handler(request, response);
    });
    return issuer;
  }

  /** What the application under test is configured with. */
  get environment(): Record<string, string> {
    return {
      OIDC_ISSUER: this.url,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_ROLE_CLAIM: 'roles',
      OIDC_ROLE_MAP: 'admins=SUPER_ADMIN,operators=OPS',
    };
  }

  /** From now on it signs with a new key, and names that one alone. */
  async rotate(): Promise<void> {
    this.key = await newKey();
    this.serve(this.key);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get publicKey(): JWK {
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...open } = this.key as JWK & Record<string, unknown>;
    return open;
  }

  /** An access token that the provider has really issued, by the authorization code flow. */
  async accessToken(login: string, audience = AUDIENCE): Promise<string> {
    const browser = new Browser();
    const query = new URLSearchParams({
      ...{ client_id: SCRIPT.id, redirect_uri: SCRIPT.redirectUri, response_type: 'code', scope: 'openid api' },
      ...{
        resource: audience,
        nonce: 'n',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'plain',
        max_age: '1000',
      },
    });
    query.set('code_challenge_method', 'S256');
    query.set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'); // RFC 7636, Appendix B
    const back = await this.signIn(browser, `${this.url}/auth?${query.toString()}`, login, SCRIPT.redirectUri);
    const answer = await fetch(`${this.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', client_id: SCRIPT.id, redirect_uri: SCRIPT.redirectUri },
        ...{ code: new URL(back).searchParams.get('code') ?? '', resource: audience },
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** A token with any claims, signed with the provider's own key: what it would issue if it erred. */
  async sign(claims: JWTPayload, header: { typ?: string; kid?: string } = {}): Promise<string> {
    return new SignJWT({ iss: this.url, aud: AUDIENCE, sub: 'anna', roles: ['admins'], ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.key.kid ?? '', typ: 'at+jwt', ...header })
      .sign(await importJWK(this.key, 'RS256'));
  }

  /** Follows the links from `url` on, signs in where it is asked to, and stops before it leaves for `until`. */
  async signIn(browser: Browser, url: string, login: string, until: string): Promise<string> {
    let next = url;
    for (let steps = 0; steps < 12 && !next.startsWith(until); steps++) {
      let answer = await browser.open(next);
      if (answer.status === 200) {
        const prompt = (await answer.text()).includes('name="login"') ? 'login' : 'consent';
        const body = new URLSearchParams({ prompt, login, password: 'any' });
        answer = await browser.open(next, { method: 'POST', body });
      }
      next = targetOf(answer, next);
    }
    return next;
  }

  private serve(key: JWK): void {
    const provider = new Provider(this.url, this.configuration(key));
    this.handler = provider.callback();
  }

  private configuration(key: JWK): Configuration {
    return {
      jwks: { keys: [key] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          // Any port: the application under test has another each time.
          redirect_uris: ['http://127.0.0.1/api/v1/auth/oidc/callback'],
          application_type: 'native',
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
        {
          client_id: SCRIPT.id,
          redirect_uris: [SCRIPT.redirectUri],
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      claims: { openid: ['sub', 'roles', 'auth_time'], email: ['email'], profile: [] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      findAccount: (_, sub) => ({
        accountId: sub,
        claims: () => ({ sub, ...this.accounts.get(sub) }),
      }),
      features: {
        devInteractions: { enabled: true },
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: (_, audience) => ({ scope: 'api', audience, accessTokenFormat: 'jwt' }),
        },
      },
      extraTokenClaims: (_, token) => {
        const accountId = 'accountId' in token ? token.accountId : undefined;
        return { ...this.accounts.get(accountId ?? '') };
      },
    };
  }
}

/** It reminds its users of everything that a test need not settle. */
function quieten(): void {
  for (const method of ['info', 'warn'] as const) {
    jest.spyOn(console, method).mockImplementation((...words: unknown[]) => {
      if (!String(words[0]).includes('oidc-provider')) process.stderr.write(`${format(...words)}\n`);
    });
  }
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomBytes(4).toString('hex'), alg: 'RS256', use: 'sig' };
}
