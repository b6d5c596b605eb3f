import { Secret, TOTP } from 'otpauth';

/** What every authenticator app takes for granted: SHA-1, six digits, a new code every 30 seconds (RFC 6238). */
const SHAPE = { issuer: 'pg-export', algorithm: 'SHA1', digits: 6, period: 30 };
/** RFC 4226 §4 R6 recommends 160 bits. */
const SECRET_BYTES = 20;
/** A clock may be so many steps off, either way (RFC 6238 §5.2). */
const WINDOW = 1;

/** Codes of an authenticator app, for secrets in Base32. */
export const TotpCodes = {
  newSecret(): string {
    return new Secret({ size: SECRET_BYTES }).base32;
  },

  /** What the app reads from a QR code. */
  urlOf(secret: string, email: string): string {
    return new TOTP({ ...SHAPE, label: email, secret }).toString();
  },

  isMeant(text: string): boolean {
    return /^\d{6}$/.test(text);
  },

  /** The time step that a code belongs to, near `at` (milliseconds since 1970); null: it is not of this secret, or of another time. */
  stepOf(secret: string, code: string, at = Date.now()): number | null {
    const totp = new TOTP({ ...SHAPE, secret });
    const delta = totp.validate({ token: code, timestamp: at, window: WINDOW });
    return delta === null ? null : totp.counter({ timestamp: at }) + delta;
  },
};
