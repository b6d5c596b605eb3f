import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/route-right.js';
import { Problem } from '../problems/problem-schema.js';
import { DatabaseList, DatabaseName, DatabaseTableList } from './database-schemas.js';
import { DatabaseSurvey } from './database-survey.js';
import { SourceCatalogs } from './source-catalogs.js';

@ApiTags('databases')
@ApiBearerAuth()
@Controller('admin/db/databases')
export class DatabasesController {
  constructor(
    private readonly survey: DatabaseSurvey,
    private readonly catalogs: SourceCatalogs,
  ) {}

  @Get()
  @Allow('exports:read')
  @ApiOperation({ summary: 'The databases that can be exported, and whether they can be reached now' })
  @ApiResponse({ status: 200, description: 'Never with a password', standardSchema: DatabaseList })
  list() {
    return this.survey.all();
  }

  @Get(':name/tables')
  @Allow('exports:read')
  @ApiOperation({ summary: 'The tables that an export can name, by schema and name; waits for no lock' })
  @ApiResponse({
    status: 200,
    description: 'Sizes and rows as the catalog has them',
    standardSchema: DatabaseTableList,
  })
  @ApiResponse({ status: 404, description: '`not_found`: no database of that name', standardSchema: Problem })
  @ApiResponse({ status: 502, description: '`source_unavailable`, and why', standardSchema: Problem })
  tables(@Param('name', { schema: DatabaseName }) name: string) {
    return this.catalogs.tables(name);
  }
}
