import { type SessionEntity, SessionStore } from '#lib/database';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { RequestRecord } from '../audit/request-record.js';

/** Ends sessions whose own tokens say so: somebody signs out, or a token turns up that is a copy. */
@Injectable()
export class SessionEnding {
  constructor(
    private readonly sessions: SessionStore,
    private readonly record: RequestRecord,
  ) {}

  /** Of several requests that end the same session, the first one is written down. */
  async end(request: Request, { id, user }: SessionEntity, why: 'logout' | 'session.reuse'): Promise<void> {
    if (!(await this.sessions.end(id))) return;
    const actor = { userId: user.id, email: user.email, via: 'session' as const, credentialId: id };
    await this.record.taken(request, { action: why, actor, target: id });
  }
}
