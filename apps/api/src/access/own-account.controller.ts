import { SessionStore, UserDirectory } from '#lib/database';
import { type Caller as CallerIdentity, Refusal } from '#lib/domain';
import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { Problem } from '../problems/problem-schema.js';
import { PasswordChange, SessionId, SessionList } from './auth-schemas.js';
import { Caller } from './caller.decorator.js';
import { hashPassword } from './passwords.js';
import { SignedIn, SteppedUp } from './route-right.js';

/** What everybody may do to their own account. */
@ApiTags('auth')
@ApiBearerAuth()
@Controller('auth')
export class OwnAccountController {
  constructor(
    private readonly users: UserDirectory,
    private readonly sessions: SessionStore,
  ) {}

  @Post('password')
  @HttpCode(204)
  @SignedIn()
  @SteppedUp()
  @Audited('password.change')
  @ApiOperation({ summary: "Change one's own password; the other sessions of the account end" })
  @ApiResponse({ status: 204, description: 'Changed' })
  @ApiResponse({
    status: 409,
    description: '`no_password`: the account signs in at the identity provider',
    standardSchema: Problem,
  })
  async changePassword(
    @Caller() { userId, sessionId }: CallerIdentity,
    @Body({ schema: PasswordChange }) { password }: z.infer<typeof PasswordChange>,
  ): Promise<void> {
    await this.users.changePassword(userId, await hashPassword(password), sessionId);
  }

  @Get('sessions')
  @SignedIn()
  @ApiOperation({ summary: "One's own sessions" })
  @ApiResponse({ status: 200, description: 'Those that live, newest first', standardSchema: SessionList })
  async list(@Caller() { userId, sessionId }: CallerIdentity): Promise<z.infer<typeof SessionList>> {
    return (await this.sessions.aliveOf(userId)).map(({ id, createdAt, rotatedAt, expiresAt }) => ({
      id,
      current: id === sessionId,
      createdAt: createdAt.toISOString(),
      refreshedAt: rotatedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @SignedIn()
  @SteppedUp()
  @Audited('session.end')
  @ApiOperation({ summary: 'End a session of one’s own, its streams and its download links' })
  @ApiResponse({ status: 204, description: 'Its next request is refused' })
  async end(@Caller() { userId }: CallerIdentity, @Param('id', { schema: SessionId }) id: string): Promise<void> {
    if (!(await this.sessions.endOf(userId, id))) throw new Refusal('not_found', 'There is no such session.');
  }
}
