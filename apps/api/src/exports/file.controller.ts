import type { Caller as CallerIdentity } from '#lib/domain';
import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Audited } from '../audit/audited.decorator.js';
import { Caller } from '../access/caller.decorator.js';
import { DownloadLinks } from '../access/download-links.js';
import { Allow, AllowOrLink, OwnOrSteppedUp } from '../access/route-right.js';
import { Problem } from '../problems/problem-schema.js';
import { DownloadLink, ExportId, FileQuery } from './export-schemas.js';
import { FileDesk } from './file-desk.js';
import { FileHandout } from './file-handout.js';

@ApiTags('exports')
@ApiBearerAuth()
@Controller('admin/db/export/:id')
export class FileController {
  constructor(
    private readonly desk: FileDesk,
    private readonly handout: FileHandout,
    private readonly links: DownloadLinks,
  ) {}

  /** Answers HEAD too: Express asks GET for it, and the body is left out. */
  @Get('file')
  @AllowOrLink('exports:download')
  @OwnOrSteppedUp()
  @Audited('download', { write: 'handler' })
  @ApiOperation({ summary: 'Download the file; resumes with Range' })
  @ApiHeader({ name: 'Range', required: false })
  @ApiHeader({ name: 'If-Range', required: false })
  @ApiResponse({ status: 200, description: 'The whole file', content: { 'application/octet-stream': {} } })
  @ApiResponse({ status: 206, description: 'A part of the file', content: { 'application/octet-stream': {} } })
  @ApiResponse({ status: 410, description: 'The file has expired or was deleted' })
  @ApiResponse({
    status: 503,
    description: '`storage_unavailable`: the store of finished files is away',
    standardSchema: Problem,
  })
  async file(
    @Req() request: Request,
    @Res() response: Response,
    @Param('id', { schema: ExportId }) id: string,
    @Query({ schema: FileQuery }) _: z.infer<typeof FileQuery>,
  ) {
    await this.handout.handOut(request, response, id);
  }

  @Post('download-link')
  @Allow('exports:download')
  @OwnOrSteppedUp()
  @Audited('download-link')
  @ApiOperation({ summary: 'Get a link that a browser can follow without headers' })
  @ApiResponse({
    status: 201,
    description: 'The link and until when it has to be used first',
    standardSchema: DownloadLink,
  })
  async link(@Caller() caller: CallerIdentity, @Param('id', { schema: ExportId }) id: string) {
    await this.desk.find(id);
    const { token, expiresAt } = this.links.issue(id, caller);
    return { url: `/api/v1/admin/db/export/${id}/file?link=${token}`, expiresAt: expiresAt.toISOString() };
  }
}
