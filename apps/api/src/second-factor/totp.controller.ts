import type { Caller as CallerIdentity } from '#lib/domain';
import { Body, Controller, Delete, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Caller } from '../access/caller.decorator.js';
import { OpenToEnrolment, SignedIn, SteppedUp } from '../access/route-right.js';
import { Audited } from '../audit/audited.decorator.js';
import { TotpEnrolment } from './totp-enrolment.js';
import { RecoveryCodeList, TotpCode, TotpSecret, TotpState } from './totp-schemas.js';

@ApiTags('auth')
@ApiBearerAuth()
@Controller('auth/totp')
export class TotpController {
  constructor(private readonly enrolment: TotpEnrolment) {}

  @Get()
  @SignedIn()
  @OpenToEnrolment()
  @ApiOperation({ summary: "Whether one's own account has a second factor, and needs one" })
  @ApiResponse({ status: 200, description: 'As it is now', standardSchema: TotpState })
  state(@Caller() caller: CallerIdentity) {
    return this.enrolment.state(caller);
  }

  @Post()
  @SignedIn()
  @OpenToEnrolment()
  @SteppedUp()
  @Audited('totp.begin')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Begin to set up a second factor' })
  @ApiResponse({ status: 201, description: 'A secret for the authenticator app', standardSchema: TotpSecret })
  begin(@Caller() caller: CallerIdentity) {
    return this.enrolment.begin(caller);
  }

  @Post('confirm')
  @HttpCode(200)
  @SignedIn()
  @OpenToEnrolment()
  @SteppedUp()
  @Audited('totp.enable')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Switch it on with a first code; the other sessions of the account end' })
  @ApiResponse({ status: 200, description: 'Recovery codes, never shown again', standardSchema: RecoveryCodeList })
  confirm(@Caller() caller: CallerIdentity, @Body({ schema: TotpCode }) { code }: z.infer<typeof TotpCode>) {
    return this.enrolment.confirm(caller, code);
  }

  @Delete()
  @HttpCode(204)
  @SignedIn()
  @SteppedUp()
  @Audited('totp.disable')
  @ApiOperation({ summary: 'Take the second factor away' })
  @ApiResponse({ status: 204, description: 'Signing in asks for the password alone' })
  remove(@Caller() caller: CallerIdentity): Promise<void> {
    return this.enrolment.remove(caller);
  }
}
