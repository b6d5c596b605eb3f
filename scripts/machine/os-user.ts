import { readFileSync } from 'node:fs';
import { runTool, runToolOrFail } from './tool.ts';

/** The account of the operating system that a server runs as. */
export interface OsUser {
  name: string;
  uid: number;
  gid: number;
}

/** Reads one account out of the text of /etc/passwd. */
export function parsePasswd(passwd: string, name: string): OsUser | undefined {
  for (const line of passwd.split('\n')) {
    const [login, , uid, gid] = line.split(':');
    if (login === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/**
 * Who the embedded PostgreSQL runs as: nobody else (undefined) for an ordinary user; for root the OS user `postgres`, made when it
 * is missing, because PostgreSQL refuses to run as root.
 */
export async function serverUser(): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = parsePasswd(readFileSync('/etc/passwd', 'utf8'), 'postgres');
  if (known) return known;
  await runToolOrFail('PostgreSQL refuses to run as root, and the OS user postgres could not be made', 'useradd', [
    '--system',
    '--user-group',
    '--home-dir=/var/lib/postgresql',
    '--shell=/bin/sh',
    'postgres',
  ]);
  const made = parsePasswd(readFileSync('/etc/passwd', 'utf8'), 'postgres');
  if (!made) throw new Error('useradd made the OS user postgres, but /etc/passwd does not show it');
  return made;
}

/** Whether that account can enter the folder, asked of the operating system itself: modes, ACLs and mounts all count. */
export async function canEnter(user: OsUser | undefined, folder: string): Promise<boolean> {
  if (!user) return true;
  const { code } = await runTool('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    cwd: '/',
    env: {},
    uid: user.uid,
    gid: user.gid,
  });
  return code === 0;
}
