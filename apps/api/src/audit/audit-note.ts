import type { AuditAction, AuditActor, AuditEvent, AuditOutcome, AuditVia, Caller } from '#lib/domain';
import type { Request } from 'express';
import { z } from 'zod';

/** What is known of a request for the audit trail; whoever learns more adds it. */
export interface AuditNote {
  /** Undefined: the route does nothing that is written down, unless it is refused. */
  action?: AuditAction | undefined;
  /** Default: the request's caller. */
  actor?: AuditActor;
  /** Default: the id in the path. */
  target?: string | undefined;
  outcome?: AuditOutcome;
  details: Record<string, unknown>;
  /** The place of the record that it was asked. */
  asked?: number;
}

const notes = new WeakMap<Request, AuditNote>();
const Id = z.uuid();

export function auditNoteOf(request: Request): AuditNote {
  const note = notes.get(request) ?? { details: {} };
  notes.set(request, note);
  return note;
}

/** @param action where the note has none */
export function eventOf(request: Request, outcome: AuditOutcome, action: AuditAction = 'request'): AuditEvent {
  const note = auditNoteOf(request);
  const inPath = Id.safeParse(request.params['id']).data;
  return {
    at: new Date(),
    action: note.action ?? action,
    outcome,
    actor: note.actor ?? (request.user === undefined ? null : actorOf(request.user as Caller)),
    address: request.ip ?? null,
    correlationId: typeof request.id === 'string' ? request.id : null,
    target: note.target ?? inPath ?? null,
    details: { ...note.details, ...(note.asked !== undefined && outcome !== 'asked' && { askedAs: note.asked }) },
  };
}

export function actorOf({ userId, email, via, sessionId }: Caller, how: AuditVia = via): AuditActor {
  return { userId, email, via: how, credentialId: sessionId };
}

const LONGEST_DETAIL = 500;
/** A list of tables is one of objects. */
const DEEPEST_DETAIL = 2;

/** Some fields of a body that nobody has checked yet, as what was asked; a long or deep one is named only. */
export function pick(body: unknown, fields: readonly string[]): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  const given = Object.entries(body).filter(([field]) => fields.includes(field));
  return Object.fromEntries(given.map(([field, value]) => [field, isShort(value) ? value : '(long)']));
}

function isShort(value: unknown): boolean {
  return isFlat(value, DEEPEST_DETAIL) && JSON.stringify(value).length <= LONGEST_DETAIL;
}

/** Asked first: writing what is nested forty thousand times would end the stack. */
function isFlat(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((part) => isFlat(part, levels - 1));
}
