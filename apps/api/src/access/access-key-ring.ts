import { Logger } from '@nestjs/common';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadKey, parseKey } from './server-keys.js';

const DAY_MS = 86_400_000;
/** A key signs for so long, then a new one does. */
const SIGNS_FOR_MS = 30 * DAY_MS;
/** How late a process notices that another one has made a new key. */
const READ_AGAIN_MS = 60_000;
/** Well beyond the longest life of a token (`ACCESS_TOKEN_MINUTES` is a day at most). */
const KEPT_FOR_MS = 3 * DAY_MS;
const FILE = /^access-token\.(\d{10,12})\.key$/;

export interface AccessKey {
  /** When it was made, in seconds since 1970. */
  kid: string;
  secret: Buffer;
}

/**
 * The keys of the access tokens, one a file of the secrets folder, shared by all API processes. The newest signs; an older
 * one is good for as long as a token of it may live, then it is removed. To be rid of all at once, delete the files and
 * start again: sessions go on with their refresh cookies.
 */
export class AccessKeyRing {
  private readonly logger = new Logger(AccessKeyRing.name);
  /** Newest first. */
  private keys: AccessKey[] = [];
  private readAt = -Infinity;
  private turning: Promise<AccessKey> | null = null;

  /**
   * @param folder of the secrets, which is there
   * @param tokenMinutes that a token lives
   */
  constructor(
    private readonly folder: string,
    private readonly tokenMinutes: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** The key to sign with; made when there is none, or when it has signed for long enough. */
  async signing(): Promise<AccessKey> {
    if (this.now() - this.readAt > READ_AGAIN_MS) await this.read();
    const [newest] = this.keys;
    if (newest !== undefined && this.now() - madeAt(newest) < SIGNS_FOR_MS) return newest;
    this.turning ??= this.turn(newest).finally(() => {
      this.turning = null;
    });
    return this.turning;
  }

  /** The key that a token was signed with; null: there is no such one (any more). */
  async find(kid: string): Promise<AccessKey | null> {
    if (!/^\d{10,12}$/.test(kid)) return null;
    // One that another process has made a moment ago; at most once a second, whatever anybody makes up.
    if (!this.keys.some((key) => key.kid === kid) && this.now() - this.readAt > 1_000) await this.read();
    const place = this.keys.findIndex((key) => key.kid === kid);
    const [key, next] = [this.keys[place], this.keys[place - 1]];
    if (key === undefined) return null;
    const isGood = next === undefined || this.now() < madeAt(next) + READ_AGAIN_MS + this.tokenMinutes * 60_000;
    return isGood ? key : null;
  }

  private async turn(old: AccessKey | undefined): Promise<AccessKey> {
    const kid = String(Math.floor(this.now() / 1_000));
    try {
      const made = { kid, secret: await loadKey(this.pathOf(kid)) };
      await this.read();
      return this.keys[0] ?? made;
    } catch (error) {
      // A folder that can't be written is no reason to let nobody in.
      if (old === undefined) throw error;
      this.logger.warn(`No new key for the access tokens could be made, the old one goes on signing: ${String(error)}`);
      return old;
    }
  }

  private async read(): Promise<void> {
    const kids = (await readdir(this.folder))
      .flatMap((name) => FILE.exec(name)?.[1] ?? [])
      .sort((a, b) => Number(b) - Number(a));
    const keys: AccessKey[] = [];
    for (const [place, kid] of kids.entries()) {
      const next = kids[place - 1];
      const isOld = next !== undefined && this.now() > Number(next) * 1_000 + KEPT_FOR_MS;
      if (isOld) await rm(this.pathOf(kid), { force: true });
      else keys.push({ kid, secret: parseKey(this.pathOf(kid), await readFile(this.pathOf(kid), 'utf8')) });
    }
    this.keys = keys;
    this.readAt = this.now();
  }

  private pathOf(kid: string): string {
    return join(this.folder, `access-token.${kid}.key`);
  }
}

function madeAt({ kid }: AccessKey): number {
  return Number(kid) * 1_000;
}
