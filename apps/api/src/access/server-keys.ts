import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const KEY_BYTES = 32;

/** The secrets that this installation made for itself at its first start; those of the access tokens are a ring of their own. */
export interface ServerKeys {
  refreshToken: Buffer;
  downloadLink: Buffer;
  /** Of the secrets of second factors, as they are kept in the database. */
  secretSeal: Buffer;
  /** Of the links of the audit trail. */
  auditTrail: Buffer;
}

/** Reads the keys, making those that are missing: 0600 in a folder of 0700. */
export async function loadServerKeys(folder: string): Promise<ServerKeys> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const [refreshToken, downloadLink, secretSeal, auditTrail] = await Promise.all([
    loadKey(join(folder, 'refresh-token.key')),
    loadKey(join(folder, 'download-link.key')),
    loadKey(join(folder, 'secret-seal.key')),
    loadKey(join(folder, 'audit-trail.key')),
  ]);
  return { refreshToken, downloadLink, secretSeal, auditTrail };
}

/** Reads one key, and makes none. @throws {Error} when there is none */
export async function readServerKey(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  return parseKey(path, await readFile(path, 'utf8'));
}

/** Reads a key, making it when it is missing. */
export async function loadKey(path: string): Promise<Buffer> {
  const existing = await readFile(path, 'utf8').catch(() => null);
  if (existing !== null) return parseKey(path, existing);
  // Written beside and linked into place: another API process that starts now sees a whole key or makes none.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  await link(draft, path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return parseKey(path, await readFile(path, 'utf8'));
}

/** @throws {Error} naming the file, when it holds no key */
export function parseKey(path: string, text: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64url');
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold a key of ${String(KEY_BYTES)} bytes.`);
  return key;
}
