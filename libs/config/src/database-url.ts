/** libpq's levels of TLS (PostgreSQL manual, 34.1.2). */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

export const DATABASE_URL_EXAMPLE =
  'postgres://user:password@host:5432/database, with special characters percent-encoded';

/** Whether libpq and node-postgres will both understand it: an unencoded % is the usual slip in a password. */
export function isDatabaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const sslMode = url.searchParams.get('sslmode');
  return (
    ['postgres:', 'postgresql:'].includes(url.protocol) &&
    [url.username, url.password, url.hostname, url.pathname, url.search].every(isEncoded) &&
    (sslMode === null || SSL_MODES.includes(sslMode))
  );
}

function isEncoded(part: string): boolean {
  try {
    // NUL would end every C string, and with it a variable of the environment.
    return !decodeURIComponent(part).includes('\0');
  } catch {
    return false;
  }
}
