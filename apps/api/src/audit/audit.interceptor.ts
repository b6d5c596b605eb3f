import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { mergeMap, type Observable } from 'rxjs';
import { auditNoteOf, pick } from './audit-note.js';
import { AUDITED, type AuditRule } from './audited.decorator.js';
import { RequestRecord } from './request-record.js';

/** Writes down the acts that succeed; those that don't come to the filter of problems. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly record: RequestRecord,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const rule = this.reflector.get<AuditRule | undefined>(AUDITED, context.getHandler());
    if (rule === undefined || rule.write === 'handler') return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    const note = auditNoteOf(request);
    note.details = pick(request.body, rule.fields);
    if (rule.write === 'asked') await this.record.asked(request);
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        note.target ??= idOf(answer);
        await this.record.outcome(request, note.outcome ?? 'done');
        return answer;
      }),
    );
  }
}

/** Of what an act has made. */
function idOf(answer: unknown): string | undefined {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined;
  return typeof id === 'string' ? id : undefined;
}
