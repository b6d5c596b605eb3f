import type { Via } from './right.js';

/**
 * What is written down in the audit trail. `session.reuse`: a refresh token that had been replaced came back, and its
 * session was ended; `refusals`: a minute of those that came without a valid token.
 */
export const AUDIT_ACTIONS = [
  'login',
  'step-up',
  'logout',
  'export',
  'download',
  'download-link',
  'cancel',
  'delete',
  'account.create',
  'account.change',
  'account.reset-password',
  'account.reset-totp',
  'password.change',
  'session.end',
  'session.reuse',
  'totp.begin',
  'totp.enable',
  'totp.disable',
  'token.create',
  'token.revoke',
  'audit.export',
  'request',
  'refusals',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** `asked` comes before the act, and one of the others after it; a download is `completed` or `aborted`. */
export const AUDIT_OUTCOMES = ['asked', 'done', 'completed', 'aborted', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** How somebody came: `machine` is a command on the machine itself, `provider` the word of an identity provider. */
export const AUDIT_VIAS = ['session', 'token', 'link', 'machine', 'provider'] as const;
export type AuditVia = Via | 'link' | 'machine' | 'provider';

export interface AuditActor {
  userId: string | null;
  email: string | null;
  via: AuditVia;
  /** The session or the API token. */
  credentialId: string | null;
}

/** Who did what from where, and what came of it. */
export interface AuditEvent {
  at: Date;
  action: AuditAction;
  outcome: AuditOutcome;
  actor: AuditActor | null;
  address: string | null;
  correlationId: string | null;
  /** The id of the export, account, session or token that it was done to. */
  target: string | null;
  details: Record<string, unknown>;
}
