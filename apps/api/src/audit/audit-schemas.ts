import { AUDIT_ACTIONS, AUDIT_OUTCOMES, AUDIT_VIAS } from '#lib/domain';
import { z } from 'zod';
import { decimal } from '../decimal.js';

export const AuditQuery = z.strictObject({
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
