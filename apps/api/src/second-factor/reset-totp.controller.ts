import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SteppedUp, SuperAdmin } from '../access/route-right.js';
import { Audited } from '../audit/audited.decorator.js';
import { UserId } from '../users/user-schemas.js';
import { TotpEnrolment } from './totp-enrolment.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('admin/users')
export class ResetTotpController {
  constructor(private readonly enrolment: TotpEnrolment) {}

  @Post(':id/reset-totp')
  @HttpCode(204)
  @SuperAdmin()
  @SteppedUp()
  @Audited('account.reset-totp')
  @ApiOperation({ summary: 'Take the second factor of an account away that has lost it, and end its sessions' })
  @ApiResponse({ status: 204, description: 'Signing in asks for the password alone' })
  reset(@Param('id', { schema: UserId }) id: string): Promise<void> {
    return this.enrolment.reset(id);
  }
}
