import { AUDIT_ACTIONS, AUDIT_OUTCOMES, AUDIT_VIAS } from '#lib/domain';
import { z } from 'zod';
import { decimal } from '../decimal.js';
import { isStorable, NOT_STORABLE } from '../storable-text.js';

/** One of the words, or several with commas between. */
function oneOrMore<const Word extends string>(words: readonly Word[], description: string) {
  return z
    .string()
    .max(1_000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words)))
    .optional()
    .meta({ description: `${description}, or several with commas between` });
}

const instant = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional()
    .meta({ description: `${description} (RFC 3339)` });

export const AuditQuery = z.strictObject({
  action: oneOrMore(AUDIT_ACTIONS, 'What was done'),
  outcome: oneOrMore(AUDIT_OUTCOMES, 'What came of it'),
  actor: z
    .string()
    .max(320)
    .refine(isStorable, NOT_STORABLE)
    .optional()
    .meta({ description: 'The whole e-mail address of who did it' }),
  from: instant('Not before'),
  to: instant('Before'),
  cursor: decimal(1, Number.MAX_SAFE_INTEGER).optional().meta({ description: '`nextCursor` of the page before' }),
  limit: decimal(1, 100).default(20).meta({ default: 20 }),
});

export const AuditRecord = z
  .object({
    seq: z.int().meta({ description: 'Its place in the chain, from 1, without a gap' }),
    at: z.iso.datetime(),
    action: z.enum(AUDIT_ACTIONS),
    outcome: z.enum(AUDIT_OUTCOMES).meta({ description: '`asked` comes before an act, one of the others after it' }),
    actor: z
      .object({
        userId: z.uuid().nullable(),
        email: z.string().nullable(),
        via: z
          .enum(AUDIT_VIAS)
          .meta({ description: '`machine`: a command on the machine itself; `provider`: the identity provider' }),
        credentialId: z.uuid().nullable().meta({ description: 'The session or the API token' }),
      })
      .nullable()
      .meta({ description: 'Null: nobody whom we know' }),
    address: z.string().nullable(),
    correlationId: z.string().nullable(),
    target: z.string().nullable().meta({ description: 'The id of what it was done to' }),
    details: z.record(z.string(), z.unknown()).meta({
      description: '`bytes` of a download, `code` of a refusal, `askedAs`: the `seq` of the record that it was asked',
    }),
    hash: z.string().meta({ description: 'HMAC over this record and the one before' }),
  })
  .meta({ id: 'AuditRecord' });

export const AuditPage = z
  .object({ items: z.array(AuditRecord), nextCursor: z.string().nullable() })
  .meta({ id: 'AuditPage' });
