import type { Caller as CallerIdentity } from '#lib/domain';
import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { auditNoteOf } from '../audit/audit-note.js';
import { Problem } from '../problems/problem-schema.js';
import { Credentials, Me, SignedIn as SignedInSchema, StepUp } from './auth-schemas.js';
import { Caller } from './caller.decorator.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.js';
import { LoginThrottle } from './login-throttle.js';
import { RefreshTokens } from './refresh-tokens.js';
import { OpenToEnrolment, Public, SignedIn } from './route-right.js';
import { type OpenedSession, SessionDesk, signedIn, signInAgain } from './session-desk.js';
import { SessionEnding } from './session-ending.js';
import { SignIn } from './sign-in.js';

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: SessionDesk,
    private readonly throttle: LoginThrottle,
    private readonly tokens: RefreshTokens,
    private readonly ending: SessionEnding,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @Audited('login', { write: 'outcome' })
  @ApiOperation({ summary: 'Sign in with a password' })
  @ApiResponse({
    status: 200,
    description: 'Signed in; the refresh token is in a cookie',
    standardSchema: SignedInSchema,
  })
  @ApiResponse({
    status: 401,
    description: '`invalid_credentials`, or `totp_required`: repeat it with a code',
    standardSchema: Problem,
  })
  @ApiResponse({
    status: 429,
    description: 'Too many wrong passwords: wait for `Retry-After`',
    standardSchema: Problem,
  })
  async login(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body({ schema: Credentials }) { email, password, totp }: z.infer<typeof Credentials>,
  ) {
    const opened = await this.throttle.attempt(email, request.ip, () =>
      this.signIn.withPassword(email, password, totp),
    );
    auditNoteOf(request).actor = signedIn(opened);
    return this.answer(request, response, opened);
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Get a new access token for the refresh cookie' })
  @ApiResponse({ status: 200, description: 'Still signed in', standardSchema: SignedInSchema })
  @ApiResponse({
    status: 429,
    description: 'Too many dead refresh cookies: wait for `Retry-After`',
    standardSchema: Problem,
  })
  async refresh(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const token = readRefreshCookie(request);
    // Whoever merely opens the page has no cookie: that is no attempt at anything.
    if (token === '') throw signInAgain();
    const opened = await this.throttle.attemptRefresh(this.tokens.sessionOf(token), request.ip, () =>
      this.sessions.refresh(token, (session) => this.ending.end(request, session, 'session.reuse')),
    );
    return this.answer(request, response, opened);
  }

  @Post('logout')
  @HttpCode(204)
  @Public()
  @Audited('logout', { write: 'handler' })
  @ApiOperation({ summary: 'End the session, its access tokens and its download links' })
  @ApiResponse({ status: 204, description: 'Signed out' })
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const sessions = await this.sessions.namedBy(readRefreshCookie(request), request.headers.authorization);
    for (const session of sessions) await this.ending.end(request, session, 'logout');
    clearRefreshCookie(request, response);
  }

  @Post('step-up')
  @HttpCode(204)
  @SignedIn()
  @OpenToEnrolment()
  @Audited('step-up')
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Give the password again, before a sensitive act' })
  @ApiResponse({ status: 204, description: 'The session may do sensitive acts for a while' })
  stepUp(
    @Req() { ip }: Request,
    @Caller() caller: CallerIdentity,
    @Body({ schema: StepUp }) { password, totp }: z.infer<typeof StepUp>,
  ): Promise<void> {
    return this.throttle.attempt(caller.email, ip, () => this.signIn.again(caller, password, totp));
  }

  @Get('me')
  @SignedIn()
  @OpenToEnrolment()
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Who is signed in' })
  @ApiResponse({ status: 200, description: 'The account of the caller', standardSchema: Me })
  async me(@Caller() caller: CallerIdentity) {
    const signsInWith = await this.signIn.methodOf(caller);
    return { id: caller.userId, email: caller.email, role: caller.role, signsInWith };
  }

  private answer(request: Request, response: Response, { answer, refresh }: OpenedSession) {
    response.setHeader('Cache-Control', 'no-store');
    if (refresh !== null) setRefreshCookie(request, response, refresh);
    return answer;
  }
}
