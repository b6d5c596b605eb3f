import { readFile } from 'node:fs/promises';
import { ExportFailure } from '#lib/domain';

/** An account of the operating system that a server runs as. */
export interface OsAccount {
  name: string;
  uid: number;
  gid: number;
}

/** The first one that there is gets the server; both belong to no person. */
const ACCOUNTS = ['postgres', 'nobody'];

/**
 * Who a throwaway server runs as: we ourselves (null), or for root an account without rights, because PostgreSQL refuses
 * to run as root.
 * @throws {ExportFailure} `verify_unavailable` when root has no such account
 */
export async function serverAccount(): Promise<OsAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await readFile('/etc/passwd', 'utf8');
  const account = ACCOUNTS.map((name) => readAccount(passwd, name)).find((found) => found !== null);
  if (account !== undefined) return account;
  throw new ExportFailure(
    'verify_unavailable',
    `PostgreSQL refuses to run as root, and the machine has no account ${ACCOUNTS.join(' or ')} to run it as.`,
  );
}

/** Reads one account out of the text of /etc/passwd; root itself is none. */
export function readAccount(passwd: string, name: string): OsAccount | null {
  for (const line of passwd.split('\n')) {
    const [login, , uid, gid] = line.split(':');
    if (login === name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}
