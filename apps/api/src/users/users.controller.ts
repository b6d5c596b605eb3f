import { UserDirectory, type UserEntity } from '#lib/database';
import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { hashPassword } from '../access/passwords.js';
import { SteppedUp, SuperAdmin } from '../access/route-right.js';
import { Account, AccountList, NewUser, UserChange, UserId } from './user-schemas.js';

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
  @ApiOperation({ summary: 'Make an account' })
  @ApiResponse({ status: 201, description: 'The account', standardSchema: Account })
  async add(@Body({ schema: NewUser }) { email, password, role }: z.infer<typeof NewUser>) {
    return toView(await this.users.add(email, await hashPassword(password), role));
  }

  @Patch(':id')
  @SuperAdmin()
  @SteppedUp()
  @ApiOperation({ summary: "Change an account's role, switch it off or on; holds from its next request on" })
  @ApiResponse({ status: 200, description: 'The account as it is now', standardSchema: Account })
  async change(
    @Param('id', { schema: UserId }) id: string,
    @Body({ schema: UserChange }) change: z.infer<typeof UserChange>,
  ) {
    return toView(await this.users.change(id, change));
  }
}

function toView({ id, email, role, disabled }: UserEntity): z.infer<typeof Account> {
  return { id, email, role, disabled };
}
