import type { Caller as CallerIdentity } from '#lib/domain';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { Caller } from '../access/caller.decorator.js';
import { ReadsEarly } from '../access/early-reads.js';
import { Audited } from '../audit/audited.decorator.js';
import { auditNoteOf } from '../audit/audit-note.js';
import { Allow, SteppedUpForExport } from '../access/route-right.js';
import { Problem } from '../problems/problem-schema.js';
import { ExportCourier } from './export-courier.js';
import { ExportDesk } from './export-desk.js';
import { ExportEstimator } from './export-estimator.js';
import { EXPORT_STATE, ExportReporter } from './export-reporter.js';
import {
  Estimate,
  Export,
  ExportId,
  ExportPage,
  ExportQuery,
  type ExportRequest,
  ExportRequestBody,
} from './export-schemas.js';
import { IdempotencyKey } from './idempotency-key.decorator.js';
import { etagOf, locationOf, toView } from './export-view.js';
import { wantsFile } from './wants-file.js';

const RETRY_AFTER_SECONDS = 1;
const WRITTEN_DOWN = [
  ...['database', 'format', 'content', 'encryptTo', 'note'],
  ...['includeSchemas', 'excludeSchemas', 'includeTables', 'excludeTables', 'excludeTableData'],
];

@ApiTags('exports')
@ApiBearerAuth()
@Controller('admin/db/export')
export class ExportsController {
  constructor(
    private readonly desk: ExportDesk,
    private readonly reporter: ExportReporter,
    private readonly courier: ExportCourier,
    private readonly estimator: ExportEstimator,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('exports:create')
  @SteppedUpForExport()
  @Audited('export', { fields: WRITTEN_DOWN })
  @ApiOperation({
    summary: 'Ask for an export: answers at once, or with the file itself',
    // OpenAPI ignores a parameter named Accept (3.1 §4.8.12).
    description:
      '`Accept: application/octet-stream` waits until the export ends, then answers with the file; it needs ' +
      '`exports:download` too. A client that leaves while it waits cancels the export that it alone asked for.',
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key and body give the same export, for 24 h',
  })
  @ApiResponse({ status: 202, description: 'Accepted: `Location` leads to its status', standardSchema: Export })
  @ApiResponse({
    status: 200,
    description: 'The whole file, because `Accept` asked for it',
    content: { 'application/octet-stream': {} },
  })
  @ApiResponse({
    status: 409,
    description: '`export_cancelled`: cancelled while the client waited for the file; or `idempotency_conflict`',
    standardSchema: Problem,
  })
  @ApiResponse({
    status: 422,
    description:
      '`invalid_options`, `unknown_database`, `verify_unavailable`; or `unknown_table`: a schema or table that is named ' +
      'is not in the database',
    standardSchema: Problem,
  })
  @ApiResponse({
    status: 502,
    description:
      '`export_failed`: no file for the client that waited for it; `Location` leads to the reason. Or ' +
      '`source_unavailable`: the names could not be looked up',
    standardSchema: Problem,
  })
  @ApiResponse({
    status: 503,
    description: '`exports_disabled`; or `shutting_down`: the wait ends, the export at `Location` goes on',
    standardSchema: Problem,
  })
  async request(
    @Caller() caller: CallerIdentity,
    @Req() request: Request,
    @Res() response: Response,
    @Body({ schema: ExportRequestBody }) body: z.infer<typeof ExportRequest>,
    @IdempotencyKey() idempotencyKey?: string,
  ): Promise<void> {
    if (wantsFile(request.headers.accept)) {
      return this.courier.deliver(request, response, { caller, body, idempotencyKey });
    }
    const { row, queuePosition } = await this.desk.request(caller, body, idempotencyKey);
    auditNoteOf(request).target = row.id;
    response.setHeader('Location', locationOf(row));
    response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    response.setHeader('ETag', etagOf(row, queuePosition));
    response.json(toView(row, queuePosition));
  }

  @Post('estimate')
  @HttpCode(200)
  @Allow('exports:create')
  @ApiOperation({ summary: 'What an export would take, by the catalog and past runs; nothing is dumped' })
  @ApiResponse({ status: 200, description: 'The figures that the worker goes by', standardSchema: Estimate })
  @ApiResponse({ status: 502, description: '`source_unavailable`, in words', standardSchema: Problem })
  estimate(@Body({ schema: ExportRequestBody }) body: z.infer<typeof ExportRequest>) {
    const { database, options } = this.desk.complete(body);
    return this.estimator.estimate(database, options);
  }

  @Get()
  @Allow('exports:read')
  @ApiOperation({ summary: 'Past and present exports, newest first' })
  @ApiResponse({ status: 200, description: 'A page', standardSchema: ExportPage })
  async list(@Query({ schema: ExportQuery }) query: z.infer<typeof ExportQuery>) {
    const { items, nextCursor } = await this.desk.page(query);
    return { items: items.map(({ row, queuePosition }) => toView(row, queuePosition)), nextCursor };
  }

  @Get(':id')
  @Allow('exports:read')
  @ReadsEarly(EXPORT_STATE)
  @ApiOperation({ summary: 'How far an export is' })
  @ApiHeader({ name: 'If-None-Match', required: false })
  @ApiHeader({
    name: 'Prefer',
    required: false,
    description: '`wait=N` (1–60 seconds), together with `If-None-Match` of one tag: answers on the next change',
  })
  @ApiResponse({ status: 200, description: 'The export', standardSchema: Export })
  @ApiResponse({ status: 304, description: 'Nothing has changed' })
  get(
    @Caller() caller: CallerIdentity,
    @Req() request: Request,
    @Res() response: Response,
    @Param('id', { schema: ExportId }) id: string,
  ): Promise<void> {
    return this.reporter.report(request, response, caller, id);
  }

  @Get(':id/events')
  @Allow('exports:read')
  @ApiOperation({ summary: 'Follow an export: an `export` event at once and on each change, until a final state' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The state that the client has already' })
  @ApiResponse({
    status: 200,
    description: 'Server-sent events: `data` is the export, `id` its entity tag without quotes',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  events(
    @Caller() caller: CallerIdentity,
    @Req() request: Request,
    @Res() response: Response,
    @Param('id', { schema: ExportId }) id: string,
  ): Promise<void> {
    return this.reporter.stream(request, response, caller, id);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @Allow('exports:manage')
  @Audited('cancel')
  @ApiOperation({ summary: 'Cancel an export; its status follows within two seconds' })
  @ApiResponse({ status: 202, description: 'The export, cancelled or about to be', standardSchema: Export })
  async cancel(@Res({ passthrough: true }) response: Response, @Param('id', { schema: ExportId }) id: string) {
    const { row, queuePosition } = await this.desk.cancel(id);
    response.setHeader('ETag', etagOf(row, queuePosition));
    return toView(row, queuePosition);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('exports:manage')
  @Audited('delete')
  @ApiOperation({ summary: 'Delete the file of an export' })
  @ApiResponse({ status: 204, description: 'There is no file (any more)' })
  delete(@Param('id', { schema: ExportId }) id: string): Promise<void> {
    return this.desk.delete(id);
  }
}
