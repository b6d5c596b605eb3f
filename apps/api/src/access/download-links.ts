import { DownloadLinkRegister } from '#lib/database';
import { type Caller, callerHas, Refusal, type Right } from '#lib/domain';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Callers } from './callers.js';
import type { DownloadStepUp } from './download-step-up.js';

const Claims = z.strictObject({
  link: z.uuid(),
  export: z.uuid(),
  via: z.enum(['session', 'token']).default('session'),
  session: z.uuid(),
  /** Milliseconds since 1970: the first use has to come before. */
  until: z.int(),
});
type Claims = z.infer<typeof Claims>;

const Signed = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  })
  .pipe(Claims);

export interface LinkLifetimes {
  firstUseMinutes: number;
  resumeHours: number;
}

/** What a link is used for, and from where. */
export interface Opening {
  exportId: string;
  right: Right;
  address: string;
}

/**
 * Links that a browser can follow without headers. A link is signed with a key of this server, bound to one export and
 * to the session or API token that asked for it, and dies with either. One of a token is good where the token is.
 */
export class DownloadLinks {
  constructor(
    private readonly key: Buffer,
    private readonly lifetimes: LinkLifetimes,
    private readonly register: DownloadLinkRegister,
    private readonly callers: Callers,
    private readonly stepUp: DownloadStepUp,
  ) {}

  issue(exportId: string, caller: Caller): { token: string; expiresAt: Date } {
    const expiresAt = new Date(Date.now() + this.lifetimes.firstUseMinutes * 60_000);
    const claims: Claims = {
      link: uuidv7(),
      export: exportId,
      via: caller.via,
      session: caller.sessionId,
      until: expiresAt.getTime(),
    };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    return { token: `${body}.${this.sign(body)}`, expiresAt };
  }

  /**
   * Whoever holds the link acts as the one who asked for it. The first use starts the time in which it resumes, and is
   * what the session must have stepped up for: a long download resumes after that has lapsed.
   * @throws {Refusal} `link_invalid`, `step_up_required`
   */
  async open(token: string, { exportId, right, address }: Opening): Promise<Caller> {
    const claims = this.read(token);
    if (claims?.export !== exportId) throw invalid();
    const caller = await this.callers.alive({ via: claims.via, sessionId: claims.session }, address);
    if (caller === null || !callerHas(caller, right)) throw invalid();
    const firstUse = await this.register.firstUse(claims.link);
    const until = firstUse === null ? claims.until : firstUse.getTime() + this.lifetimes.resumeHours * 3_600_000;
    if (Date.now() > until) throw invalid();
    if (firstUse === null) {
      await this.stepUp.check(caller, exportId);
      await this.register.markUsed(claims.link);
    }
    return caller;
  }

  private read(token: string): Claims | null {
    const [body = '', signature = '', rest] = token.split('.');
    const expected = Buffer.from(this.sign(body));
    const given = Buffer.from(signature);
    if (rest !== undefined || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return Signed.safeParse(Buffer.from(body, 'base64url').toString()).data ?? null;
  }

  private sign(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }
}

function invalid(): Refusal {
  return new Refusal('link_invalid', 'This download link is not valid (any more). Ask for a new one.');
}
