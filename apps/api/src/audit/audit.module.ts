import { AuditLedger } from '#lib/database';
import { type DynamicModule, Global, Logger, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { auditLink } from './audit-chain.js';
import { AuditDesk } from './audit-desk.js';
import { AuditTrail } from './audit-trail.js';
import { AuditController } from './audit.controller.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { RecordedActs } from './recorded-acts.js';
import { RefusalTally } from './refusal-tally.js';
import { RequestRecord } from './request-record.js';

/** Who did what. */
@Global()
@Module({})
export class AuditModule {
  /** @param key that links the records */
  static forRoot(key: Buffer): DynamicModule {
    return {
      module: AuditModule,
      controllers: [AuditController],
      providers: [
        AuditDesk,
        RefusalTally,
        RequestRecord,
        {
          provide: AuditTrail,
          useFactory: (ledger: AuditLedger) => new AuditTrail(ledger, auditLink(key)),
          inject: [AuditLedger],
        },
        {
          provide: RecordedActs,
          useFactory: (trail: AuditTrail) => {
            const logger = new Logger(RecordedActs.name);
            return new RecordedActs(
              (event) => trail.record(event),
              (sentence) => logger.error(sentence),
            );
          },
          inject: [AuditTrail],
        },
        { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
      ],
      exports: [RecordedActs, RequestRecord],
    };
  }
}
