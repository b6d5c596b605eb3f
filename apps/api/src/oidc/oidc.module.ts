import type { OidcSettings } from '#lib/config';
import { ProviderAccounts, SessionStore } from '#lib/database';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AccessTokens } from '../access/access-tokens.js';
import { Bearers } from '../access/bearers.js';
import { Callers } from '../access/callers.js';
import { RefreshTokens } from '../access/refresh-tokens.js';
import { SessionDesk } from '../access/session-desk.js';
import { SecretSeal } from '../second-factor/secret-seal.js';
import { IdentityProvider } from './identity-provider.js';
import { RecordedActs } from '../audit/recorded-acts.js';
import { RequestRecord } from '../audit/request-record.js';
import { OidcDesk } from './oidc-desk.js';
import { OidcController } from './oidc.controller.js';
import { ProviderAdmission } from './provider-admission.js';
import { ProviderBearers } from './provider-bearers.js';
import { ProviderSignIn } from './provider-sign-in.js';

/** An existing identity provider: its bearer tokens, and signing in with it on the page. */
@Global()
@Module({})
export class OidcModule {
  static forRoot(settings: OidcSettings | null): DynamicModule {
    const provider = settings && new IdentityProvider(settings);
    return {
      module: OidcModule,
      controllers: [OidcController],
      providers: [
        {
          provide: ProviderAdmission,
          useFactory: (accounts: ProviderAccounts, acts: RecordedActs) =>
            settings && new ProviderAdmission(settings.issuer, accounts, acts),
          inject: [ProviderAccounts, RecordedActs],
        },
        {
          provide: Bearers,
          useFactory: (
            callers: Callers,
            tokens: AccessTokens,
            admission: ProviderAdmission | null,
            sessions: SessionStore,
          ) => {
            const elsewhere =
              settings &&
              provider &&
              admission &&
              new ProviderBearers(settings, provider, admission, sessions, callers);
            return new Bearers(callers, tokens, elsewhere);
          },
          inject: [Callers, AccessTokens, ProviderAdmission, SessionStore],
        },
        {
          provide: OidcDesk,
          useFactory: (
            admission: ProviderAdmission | null,
            sessions: SessionStore,
            desk: SessionDesk,
            tokens: RefreshTokens,
            seal: SecretSeal,
            record: RequestRecord,
          ) => {
            const signIn =
              settings?.client && provider && admission
                ? new ProviderSignIn(settings, provider, admission, sessions, desk)
                : null;
            return new OidcDesk(settings?.issuer ?? null, signIn, tokens, seal, record);
          },
          inject: [ProviderAdmission, SessionStore, SessionDesk, RefreshTokens, SecretSeal, RequestRecord],
        },
      ],
      exports: [Bearers],
    };
  }
}
