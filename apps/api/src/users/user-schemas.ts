import { ROLES } from '#lib/domain';
import { z } from 'zod';
import { isStorable, NOT_STORABLE } from '../storable-text.js';

export const NewUser = z
  .strictObject({
    email: z
      .string()
      .trim()
      .max(320)
      .regex(/^[^\s@\0]+@[^\s@\0]+$/, 'must be an e-mail address'),
    password: z.string().min(8).max(1024).refine(isStorable, NOT_STORABLE),
    role: z.enum(ROLES),
  })
  .meta({ id: 'NewUser' });

export const UserChange = z
  .strictObject({ role: z.enum(ROLES).optional(), disabled: z.boolean().optional() })
  .meta({ id: 'UserChange' });

export const Account = z
  .object({ id: z.uuid(), email: z.string(), role: z.enum(ROLES), disabled: z.boolean() })
  .meta({ id: 'Account' });

export const AccountList = z.array(Account).meta({ id: 'AccountList' });

export const UserId = z.uuid();
