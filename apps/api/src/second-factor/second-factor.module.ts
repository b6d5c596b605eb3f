import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CodeThrottle } from './code-throttle.js';
import { ResetTotpController } from './reset-totp.controller.js';
import { SecondFactor } from './second-factor.js';
import { SecretSeal } from './secret-seal.js';
import { TotpEnrolment } from './totp-enrolment.js';
import { TotpController } from './totp.controller.js';

/** The second factor: setting it up, and asking for it. */
@Global()
@Module({})
export class SecondFactorModule {
  /** @param key that the secrets are sealed with */
  static forRoot(key: Buffer): DynamicModule {
    return {
      module: SecondFactorModule,
      controllers: [ResetTotpController, TotpController],
      providers: [CodeThrottle, SecondFactor, TotpEnrolment, { provide: SecretSeal, useValue: new SecretSeal(key) }],
      exports: [SecondFactor, SecretSeal],
    };
  }
}
