import type { AuditAction } from '#lib/domain';
import { SetMetadata } from '@nestjs/common';

export interface AuditRule {
  action: AuditAction;
  /**
   * `asked` is written before the act, which is not done where that fails; `outcome` only after it, before the answer;
   * `handler` leaves both to the handler. Refusals are written for all.
   */
  write: 'asked' | 'outcome' | 'handler';
  /** Fields of the body that are written down; never a secret. */
  fields: readonly string[];
}

export const AUDITED = Symbol('audited');

/** An act that is written down in the audit trail. */
export const Audited = (
  action: AuditAction,
  { write = 'asked', fields = [] }: Partial<Omit<AuditRule, 'action'>> = {},
) => SetMetadata<symbol, AuditRule>(AUDITED, { action, write, fields });
