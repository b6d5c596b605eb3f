import { TableLedger } from '#lib/database';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/route-right.js';
import { ExportDesk } from './export-desk.js';
import { ExportId, TableProgressList } from './export-schemas.js';

@ApiTags('exports')
@ApiBearerAuth()
@Controller('admin/db/export')
export class ExportTablesController {
  constructor(
    private readonly desk: ExportDesk,
    private readonly tables: TableLedger,
  ) {}

  @Get(':id/tables')
  @Allow('exports:read')
  @ApiOperation({ summary: 'How far an export is with each table whose rows it dumps, biggest first' })
  @ApiResponse({
    status: 200,
    description: 'Written once a second while it runs, and kept; empty before it has looked at the source',
    standardSchema: TableProgressList,
  })
  async list(@Param('id', { schema: ExportId }) id: string) {
    await this.desk.get(id);
    return this.tables.find(id);
  }
}
