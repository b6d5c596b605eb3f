import { RIGHTS } from '#lib/domain';
import { z } from 'zod';
import { AddressRanges } from '../access/address-ranges.js';
import { isStorable, NOT_STORABLE } from '../storable-text.js';

const MOST_RANGES = 50;

const isSet = (items: readonly string[]) => new Set(items).size === items.length;

export const NewToken = z
  .strictObject({
    name: z.string().trim().min(1).max(100).refine(isStorable, NOT_STORABLE),
    scopes: z.array(z.enum(RIGHTS)).min(1).max(RIGHTS.length).refine(isSet, 'must not name a scope twice'),
    expiresInDays: z.int().min(1).max(3650).optional().meta({ description: 'Default: lives until it is revoked' }),
    allowedCidrs: z
      .array(z.string().refine((text) => AddressRanges.isRange(text), 'must be an address or a CIDR range'))
      // An empty list could mean everybody or nobody.
      .min(1)
      .max(MOST_RANGES)
      .optional()
      .meta({ description: 'Addresses and CIDR ranges that the token may be used from. Default: any' }),
  })
  .meta({ id: 'NewToken' });

export const Token = z
  .object({
    id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.enum(RIGHTS)),
    allowedCidrs: z.array(z.string()).nullable().meta({ description: 'Null: any address' }),
    createdAt: z.iso.datetime(),
    createdBy: z.object({ id: z.uuid(), email: z.string() }).meta({ description: 'Whose rights it never exceeds' }),
    expiresAt: z.iso.datetime().nullable().meta({ description: 'Null: lives until it is revoked' }),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the minute' }),
  })
  .meta({ id: 'Token' });

export const IssuedToken = Token.extend({
  token: z.string().meta({ description: 'For the header `Authorization: Bearer …`; shown this once' }),
}).meta({ id: 'IssuedToken' });

export const TokenList = z.array(Token).meta({ id: 'TokenList' });

export const TokenId = z.uuid();
