import type { Caller as CallerIdentity } from '#lib/domain';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Caller } from '../access/caller.decorator.js';
import { Allow } from '../access/route-right.js';
import { AuditDesk, NDJSON } from './audit-desk.js';
import { AuditPage, AuditQuery } from './audit-schemas.js';

@ApiTags('audit')
@ApiBearerAuth()
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly desk: AuditDesk) {}

  @Get()
  @Allow('audit:read')
  @ApiOperation({
    summary: 'Who did what, newest first',
    description:
      'The filters count together. `Accept: application/x-ndjson` streams all that they let through, from the cursor on, ' +
      'a line of JSON for each record; `limit` means nothing then.',
  })
  @ApiResponse({ status: 200, description: 'A page', standardSchema: AuditPage })
  async read(
    @Caller() caller: CallerIdentity,
    @Req() request: Request,
    @Res() response: Response,
    @Query({ schema: AuditQuery }) query: z.infer<typeof AuditQuery>,
  ): Promise<void> {
    if (request.accepts(['application/json', NDJSON]) === NDJSON)
      return this.desk.stream(request, response, caller, query);
    response.json(await this.desk.page(query));
  }
}
