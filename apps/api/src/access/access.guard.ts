import { type Caller, Refusal } from '#lib/domain';
import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Request } from 'express';
import { actorOf, auditNoteOf } from '../audit/audit-note.js';
import { AUDITED, type AuditRule } from '../audit/audited.decorator.js';
import { Bearers } from './bearers.js';
import { DownloadLinks } from './download-links.js';
import { type EarlyKey, EarlyReads, READS_EARLY } from './early-reads.js';
import {
  demandEnrolment,
  demandRight,
  demandSession,
  OPEN_TO_ENROLMENT,
  ROUTE_RIGHT,
  type RouteRight,
  STEP_UP,
  type StepUpRule,
} from './route-right.js';
import { StepUpRules } from './step-up-rules.js';

/** The one global guard: nothing is called without a declared right, nobody calls without having it. */
@Injectable()
export class AccessGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearers: Bearers,
    private readonly links: DownloadLinks,
    private readonly stepUp: StepUpRules,
    private readonly early: EarlyReads,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<RouteRight | undefined>(ROUTE_RIGHT, [
      context.getHandler(),
      context.getClass(),
    ]);
    const request = context.switchToHttp().getRequest<Request>();
    // What is refused here is refused before anybody else knows what was asked.
    auditNoteOf(request).action = this.reflector.get<AuditRule | undefined>(AUDITED, context.getHandler())?.action;
    if (rule?.kind === 'public') return true;
    if (rule === undefined) throw new Refusal('forbidden', 'This route is closed.');
    const link = request.query['link'];
    if (rule.kind === 'right' && rule.orLink && link !== undefined) {
      const caller = await this.links.open(typeof link === 'string' ? link : '', {
        exportId: String(request.params['id']),
        right: rule.right,
        address: request.ip ?? '',
      });
      request.user = caller;
      auditNoteOf(request).actor = actorOf(caller, 'link');
      return true;
    }
    const caller = await this.identify(request, context);
    if (this.reflector.get<boolean | undefined>(OPEN_TO_ENROLMENT, context.getHandler()) !== true)
      demandEnrolment(caller);
    if (rule.kind === 'right') demandRight(caller, rule.right);
    else demandSession(caller);
    if (rule.kind === 'role' && caller.role !== rule.role) {
      throw new Refusal('forbidden', `Only ${rule.role} may do this.`);
    }
    const stepUp = this.reflector.get<StepUpRule | undefined>(STEP_UP, context.getHandler());
    await this.stepUp.check(stepUp, caller, String(request.params['id']));
    return true;
  }

  /** @throws {Refusal} `unauthenticated` */
  private async identify(request: Request, context: ExecutionContext): Promise<Caller> {
    const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const caller = await this.bearers.callerOf(bearer, request.ip ?? '', () => {
      const what = this.reflector.get<EarlyKey<unknown> | undefined>(READS_EARLY, context.getHandler());
      if (what !== undefined) this.early.begin(what, request);
    });
    if (caller === undefined) await super.canActivate(context);
    else request.user = this.handleRequest(null, caller);
    return request.user as Caller;
  }

  override handleRequest<T>(error: unknown, caller: T | false | null): T {
    if (error instanceof Error) throw error;
    if (caller === false || caller === null) {
      throw new Refusal('unauthenticated', 'Sign in first: the credentials are missing, wrong or no longer valid.');
    }
    return caller;
  }
}
