import type { Caller as CallerIdentity } from '#lib/domain';
import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { Caller } from '../access/caller.decorator.js';
import { SteppedUp, SuperAdmin } from '../access/route-right.js';
import { TokenDesk } from './token-desk.js';
import { IssuedToken, NewToken, TokenId, TokenList } from './token-schemas.js';

@ApiTags('tokens')
@ApiBearerAuth()
@Controller('admin/tokens')
export class TokensController {
  constructor(private readonly desk: TokenDesk) {}

  @Get()
  @SuperAdmin()
  @ApiOperation({ summary: 'Every API token that has not been revoked, newest first' })
  @ApiResponse({ status: 200, description: 'Never with the tokens themselves', standardSchema: TokenList })
  list() {
    return this.desk.list();
  }

  @Post()
  @SuperAdmin()
  @SteppedUp()
  @Audited('token.create', { fields: ['name', 'scopes', 'expiresInDays', 'allowedCidrs'] })
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Make an API token' })
  @ApiResponse({ status: 201, description: 'The token, which is never shown again', standardSchema: IssuedToken })
  issue(@Caller() caller: CallerIdentity, @Body({ schema: NewToken }) body: z.infer<typeof NewToken>) {
    return this.desk.issue(caller, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @SuperAdmin()
  @SteppedUp()
  @Audited('token.revoke')
  @ApiOperation({ summary: 'Revoke an API token, its streams and its download links' })
  @ApiResponse({ status: 204, description: 'Revoked: its next request is refused' })
  revoke(@Param('id', { schema: TokenId }) id: string): Promise<void> {
    return this.desk.revoke(id);
  }
}
