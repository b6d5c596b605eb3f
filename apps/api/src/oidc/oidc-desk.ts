import { type RefusalCode, Refusal } from '#lib/domain';
import { HttpStatus, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { readRefreshCookie, setRefreshCookie } from '../access/refresh-cookie.js';
import type { RefreshTokens } from '../access/refresh-tokens.js';
import { signedIn } from '../access/session-desk.js';
import { auditNoteOf } from '../audit/audit-note.js';
import type { RequestRecord } from '../audit/request-record.js';
import { asRefusal } from '../problems/as-refusal.js';
import { STATUS_OF } from '../problems/status-of-code.js';
import type { SecretSeal } from '../second-factor/secret-seal.js';
import { isTooOld, setFlowCookie, takeFlowCookie } from './flow-cookie.js';
import type { OidcStart, SignInMethods } from './oidc-schemas.js';
import { again, type ProviderSignIn } from './provider-sign-in.js';

const START = '/api/v1/auth/oidc/start';
const CALLBACK = '/api/v1/auth/oidc/callback';

/** Sends browsers to the identity provider and takes them back. */
export class OidcDesk {
  private readonly logger = new Logger(OidcDesk.name);

  /** @param signIn null: there is no provider to sign in with */
  constructor(
    private readonly issuer: string | null,
    private readonly signIn: ProviderSignIn | null,
    private readonly tokens: RefreshTokens,
    private readonly seal: SecretSeal,
    private readonly record: RequestRecord,
  ) {}

  methods(): z.infer<typeof SignInMethods> {
    const oidc = this.issuer === null || this.signIn === null ? null : { startUrl: START, issuer: this.issuer };
    return { password: true, oidc };
  }

  /** @throws {Refusal} `not_found` where there is no provider */
  async start(
    request: Request,
    response: Response,
    { purpose, returnTo, account }: z.infer<typeof OidcStart>,
  ): Promise<void> {
    const signIn = this.provider();
    const back = { to: returnTo, says: beforeTheProvider };
    await this.orBack(request, response, back, async () => {
      const sessionId = purpose === 'step-up' ? this.tokens.sessionOf(readRefreshCookie(request)) : null;
      if (purpose === 'step-up' && sessionId === null) throw again('There is no session to step up.');
      if (sessionId !== null && account !== undefined) await signIn.isOf(sessionId, account);
      const { flow, url } = await signIn.begin({ redirectUri: redirectUriOf(request), returnTo, sessionId });
      setFlowCookie(request, response, flow, this.seal);
      redirect(response, url.href);
    });
  }

  /** @throws {Refusal} `not_found` where there is no provider */
  async finish(request: Request, response: Response): Promise<void> {
    const signIn = this.provider();
    const flow = takeFlowCookie(request, response, queryOf(request), this.seal);
    await this.orBack(request, response, { to: flow?.returnTo ?? '/' }, async () => {
      if (flow === null || isTooOld(flow)) throw again('This sign-in was not begun in this browser, or is too old.');
      const note = auditNoteOf(request);
      note.details = { issuer: this.issuer };
      if (flow.sessionId !== null) {
        Object.assign(note, { action: 'step-up', actor: await signIn.whoStepsUp(flow.sessionId) });
        // Its session is stepped up before the browser is sent back: not without a record.
        await this.record.asked(request);
      }
      const opened = await signIn.finish(flow, queryOf(request), request.ip ?? null);
      if (opened !== null) note.actor = signedIn(opened);
      await this.record.outcome(request, 'done');
      if (opened !== null && opened.refresh !== null) setRefreshCookie(request, response, opened.refresh);
      redirect(response, flow.returnTo);
    });
  }

  private provider(): ProviderSignIn {
    if (this.signIn === null) throw new Refusal('not_found', 'There is no identity provider to sign in with.');
    return this.signIn;
  }

  private async orBack(
    request: Request,
    response: Response,
    { to, says = String }: { to: string; says?: (code: RefusalCode) => string },
    act: () => Promise<void>,
  ): Promise<void> {
    try {
      await act();
    } catch (error) {
      const refusal = asRefusal(error);
      await this.record.refused(request, refusal);
      const { code, cause, message } = refusal;
      const because = cause instanceof Error ? `${cause.name}: ${cause.message}` : '';
      if (STATUS_OF[code] >= HttpStatus.INTERNAL_SERVER_ERROR) this.logger.error(cause ?? error);
      else this.logger.warn(`Nobody was signed in (${code}): ${message} ${because}`);
      redirect(response, `${to}?signInError=${says(code)}`);
    }
  }
}

/** Trying again with the right account there can't help where the browser's session here is of another. */
function beforeTheProvider(code: RefusalCode): string {
  return code === 'another_account' ? 'signed_in_as_another' : code;
}

/** As the browser knows us: behind a trusted proxy, by the proxy's own name. The provider takes none that it does not know. */
function redirectUriOf({ protocol, host }: Request): string {
  const uri = `${protocol}://${host}${CALLBACK}`;
  if (!URL.canParse(uri)) throw new Refusal('invalid_request', 'The host of the request is not one.');
  return uri;
}

function queryOf({ originalUrl }: Request): string {
  const from = originalUrl.indexOf('?');
  return from === -1 ? '' : originalUrl.slice(from);
}

function redirect(response: Response, to: string): void {
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(HttpStatus.FOUND, to);
}
