import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/route-right.js';
import { DatabaseList } from './database-schemas.js';
import { DatabaseSurvey } from './database-survey.js';

@ApiTags('databases')
@ApiBearerAuth()
@Controller('admin/db/databases')
export class DatabasesController {
  constructor(private readonly survey: DatabaseSurvey) {}

  @Get()
  @Allow('exports:read')
  @ApiOperation({ summary: 'The databases that can be exported, and whether they can be reached now' })
  @ApiResponse({ status: 200, description: 'Never with a password', standardSchema: DatabaseList })
  list() {
    return this.survey.all();
  }
}
