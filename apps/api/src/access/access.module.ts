import type { ServiceConfig } from '#lib/config';
import { DownloadLinkRegister } from '#lib/database';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AccessGuard } from './access.guard.js';
import { AccessKeyRing } from './access-key-ring.js';
import { AccessTokenLifetime, AccessTokens, TOKEN_ALGORITHM, TOKEN_ISSUER } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { Callers } from './callers.js';
import { DownloadLinks } from './download-links.js';
import { DownloadStepUp } from './download-step-up.js';
import { EarlyReads } from './early-reads.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LastingAnswers } from './lasting-answers.js';
import { LoginThrottle } from './login-throttle.js';
import { OwnAccountController } from './own-account.controller.js';
import { RefreshTokens } from './refresh-tokens.js';
import { RouteInspection } from './route-inspection.js';
import type { ServerKeys } from './server-keys.js';
import { StepUpPeriod } from './step-up-period.js';
import { StepUpRules } from './step-up-rules.js';
import { SecondFactorRule } from './second-factor-rule.js';
import { SessionDesk } from './session-desk.js';
import { SessionEnding } from './session-ending.js';
import { SignIn } from './sign-in.js';

/** Who may call what. */
@Global()
@Module({})
export class AccessModule {
  static forRoot(config: ServiceConfig, keys: ServerKeys): DynamicModule {
    return {
      module: AccessModule,
      imports: [
        DiscoveryModule,
        PassportModule,
        JwtModule.register({
          signOptions: {
            algorithm: TOKEN_ALGORITHM,
            issuer: TOKEN_ISSUER,
            audience: TOKEN_ISSUER,
            expiresIn: config.accessTokenMinutes * 60,
          },
          verifyOptions: { algorithms: [TOKEN_ALGORITHM], issuer: TOKEN_ISSUER, audience: TOKEN_ISSUER },
        }),
      ],
      controllers: [AuthController, OwnAccountController],
      providers: [
        AccessTokens,
        Callers,
        DownloadStepUp,
        EarlyReads,
        LastingAnswers,
        LoginThrottle,
        SessionDesk,
        SessionEnding,
        SignIn,
        StepUpRules,
        RouteInspection,
        { provide: RefreshTokens, useValue: new RefreshTokens(keys.refreshToken) },
        { provide: SecondFactorRule, useValue: new SecondFactorRule(config.requireTotp) },
        { provide: StepUpPeriod, useValue: new StepUpPeriod(config.stepUpMinutes, config.requireStepUpForExport) },
        { provide: AccessKeyRing, useValue: new AccessKeyRing(config.secretsDir, config.accessTokenMinutes) },
        { provide: AccessTokenLifetime, useValue: new AccessTokenLifetime(config.accessTokenMinutes) },
        {
          provide: JwtStrategy,
          useFactory: (tokens: AccessTokens, callers: Callers) => new JwtStrategy(tokens, callers),
          inject: [AccessTokens, Callers],
        },
        {
          provide: DownloadLinks,
          useFactory: (register: DownloadLinkRegister, callers: Callers, stepUp: DownloadStepUp) =>
            new DownloadLinks(
              keys.downloadLink,
              { firstUseMinutes: config.downloadLinkMinutes, resumeHours: config.downloadResumeHours },
              register,
              callers,
              stepUp,
            ),
          inject: [DownloadLinkRegister, Callers, DownloadStepUp],
        },
        { provide: APP_GUARD, useClass: AccessGuard },
      ],
      exports: [
        AccessTokens,
        Callers,
        DownloadLinks,
        DownloadStepUp,
        EarlyReads,
        LastingAnswers,
        RefreshTokens,
        RouteInspection,
        SecondFactorRule,
        SessionDesk,
      ],
    };
  }
}
