import { z } from 'zod';

export const TotpCode = z
  .strictObject({
    code: z
      .string()
      .trim()
      .regex(/^\d{6}$/, 'must be the six digits that the authenticator app shows'),
  })
  .meta({ id: 'TotpCode' });

export const TotpState = z
  .object({
    enabled: z.boolean().meta({ description: 'Whether signing in asks for a code' }),
    since: z.iso.datetime().nullable(),
    recoveryCodesLeft: z.int(),
    required: z.boolean().meta({ description: 'Whether this account may do nothing else without it' }),
  })
  .meta({ id: 'TotpState' });

export const TotpSecret = z
  .object({
    secret: z.string().meta({ description: 'Base32, to be typed in; shown this once' }),
    otpauthUrl: z.string().meta({ description: 'For a QR code; shown this once' }),
  })
  .meta({ id: 'TotpSecret' });

export const RecoveryCodeList = z
  .object({ recoveryCodes: z.array(z.string()).meta({ description: 'Each good once; shown this once' }) })
  .meta({ id: 'RecoveryCodeList' });
