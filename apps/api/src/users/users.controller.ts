import { UserDirectory, type UserEntity } from '#lib/database';
import { Body, Controller, Get, Header, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { hashPassword, newPassword } from '../access/passwords.js';
import { SteppedUp, SuperAdmin } from '../access/route-right.js';
import { Audited } from '../audit/audited.decorator.js';
import { Problem } from '../problems/problem-schema.js';
import { Account, AccountList, NewPassword, NewUser, UserChange, UserId } from './user-schemas.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('admin/users')
export class UsersController {
  constructor(private readonly users: UserDirectory) {}

  @Get()
  @SuperAdmin()
  @ApiOperation({ summary: 'Every account' })
  @ApiResponse({ status: 200, description: 'By e-mail address', standardSchema: AccountList })
  async list() {
    return (await this.users.all()).map(toView);
  }

  @Post()
  @SuperAdmin()
  @SteppedUp()
  @Audited('account.create', { fields: ['email', 'role'] })
  @ApiOperation({ summary: 'Make an account' })
  @ApiResponse({ status: 201, description: 'The account', standardSchema: Account })
  async add(@Body({ schema: NewUser }) { email, password, role }: z.infer<typeof NewUser>) {
    return toView(await this.users.add(email, await hashPassword(password), role));
  }

  @Patch(':id')
  @SuperAdmin()
  @SteppedUp()
  @Audited('account.change', { fields: ['role', 'disabled'] })
  @ApiOperation({ summary: "Change an account's role, switch it off or on; holds from its next request on" })
  @ApiResponse({ status: 200, description: 'The account as it is now', standardSchema: Account })
  async change(
    @Param('id', { schema: UserId }) id: string,
    @Body({ schema: UserChange }) change: z.infer<typeof UserChange>,
  ) {
    return toView(await this.users.change(id, change));
  }

  @Post(':id/reset-password')
  @HttpCode(200)
  @SuperAdmin()
  @SteppedUp()
  @Audited('account.reset-password')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Give an account a new password, and end its sessions' })
  @ApiResponse({ status: 200, description: 'The password, which is never shown again', standardSchema: NewPassword })
  @ApiResponse({
    status: 409,
    description: '`no_password`: the account signs in at the identity provider',
    standardSchema: Problem,
  })
  async resetPassword(@Param('id', { schema: UserId }) id: string): Promise<z.infer<typeof NewPassword>> {
    const password = newPassword();
    await this.users.changePassword(id, await hashPassword(password), null);
    return { password };
  }
}

function toView({ id, email, role, disabled }: UserEntity): z.infer<typeof Account> {
  return { id, email, role, disabled };
}
