import type { AuditEvent, AuditOutcome, Refusal } from '#lib/domain';
import { Injectable, Logger } from '@nestjs/common';
import type { Request } from 'express';
import { networkOf } from '../access/network-of.js';
import { auditNoteOf, eventOf } from './audit-note.js';
import { AuditTrail } from './audit-trail.js';
import { RefusalTally } from './refusal-tally.js';

/** Of a caller whom we know, wherever it is; everything else is a refusal of an act. */
const RIGHT_REFUSED: readonly string[] = ['forbidden', 'step_up_required', 'totp_enrolment_required'];
/** Of nobody whom we know. */
const COUNTED: readonly string[] = [
  ...RIGHT_REFUSED,
  'unauthenticated',
  'another_account',
  'invalid_credentials',
  'totp_required',
  'link_invalid',
  'too_many_attempts',
];
const FAILED: readonly string[] = ['internal', 'export_failed', 'storage_unavailable', 'shutting_down'];

/** Writes down what becomes of a request. */
@Injectable()
export class RequestRecord {
  private readonly logger = new Logger(RequestRecord.name);

  constructor(
    private readonly trail: AuditTrail,
    private readonly tally: RefusalTally,
  ) {}

  /** Before an act. @throws whatever keeps it from being written: the act is not done then */
  async asked(request: Request): Promise<void> {
    auditNoteOf(request).asked = await this.trail.record(eventOf(request, 'asked'));
  }

  /**
   * After an act. Where it was written down before that it was asked, a failure to write is logged alone: the act is done.
   * @throws whatever keeps the only record of it from being written
   */
  async outcome(request: Request, outcome: AuditOutcome): Promise<void> {
    try {
      await this.trail.record(eventOf(request, outcome));
    } catch (error) {
      if (auditNoteOf(request).asked === undefined) throw error;
      this.complain(eventOf(request, outcome), error);
    }
  }

  /** After something was taken away. Never throws: it is done, and gives nothing away. */
  async taken(request: Request, what: Pick<AuditEvent, 'action' | 'actor' | 'target'>): Promise<void> {
    const event = { ...eventOf(request, 'done'), ...what };
    await this.trail.record(event).catch((error: unknown) => this.complain(event, error));
  }

  /** Never throws: a refusal gives nothing away. */
  async refused(request: Request, { code }: Refusal): Promise<void> {
    // It could not be written down either.
    if (code === 'database_unavailable') return;
    const note = auditNoteOf(request);
    if (request.user === undefined && note.actor === undefined) {
      if (COUNTED.includes(code)) this.tally.count(networkOf(request.ip ?? ''), code);
      return;
    }
    if (note.action === undefined && !RIGHT_REFUSED.includes(code)) return;
    const outcome = FAILED.includes(code) ? 'failed' : 'refused';
    note.details = { ...note.details, code, ...(note.action === undefined && { request: pathOf(request) }) };
    const event = eventOf(request, outcome);
    await this.trail.record(event).catch((error: unknown) => this.complain(event, error));
  }

  private complain({ actor, ...event }: AuditEvent, error: unknown): void {
    const what = JSON.stringify({ ...event, by: actor?.userId ?? null });
    this.logger.error(`The audit trail could not take ${what}: ${String(error)}`);
  }
}

/** Without the query, which may hold a download link. */
function pathOf({ method, originalUrl }: Request): string {
  return `${method} ${(originalUrl.split('?', 1)[0] ?? '').slice(0, 200)}`;
}
