import { DatabaseHealth, WorkerRoll } from '#lib/database';
import { ExportQueue } from '#lib/queue';
import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from '../access/route-right.js';
import { Alive, Readiness } from './health-schemas.js';
import { StorageWatch } from './storage-watch.js';

const PATIENCE_MS = 3_000;
const WORKER_SEEN_SECONDS = 30;

@ApiTags('health')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly queue: ExportQueue,
    private readonly workers: WorkerRoll,
    private readonly storage: StorageWatch,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiResponse({ status: 200, description: 'It does', standardSchema: Alive })
  live() {
    return { status: 'up' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether an export that is asked for now would be made' })
  @ApiResponse({ status: 200, description: 'Every part is up', standardSchema: Readiness })
  @ApiResponse({ status: 503, description: 'Some part is down', standardSchema: Readiness })
  async ready(@Res({ passthrough: true }) response: Response) {
    const [database, queue, workers, storage] = await Promise.all([
      this.database.isUp(PATIENCE_MS),
      this.queue.isUp(PATIENCE_MS),
      within(PATIENCE_MS, this.workers.seenWithin(WORKER_SEEN_SECONDS)),
      this.storage.isUp(PATIENCE_MS),
    ]);
    const parts = { database, queue, worker: workers > 0, storage };
    const up = Object.values(parts).every(Boolean);
    response.status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).setHeader('Cache-Control', 'no-store');
    return {
      status: word(up),
      parts: { database: word(database), queue: word(queue), worker: word(parts.worker), storage: word(storage) },
      workers,
    };
  }
}

function word(isUp: boolean): 'up' | 'down' {
  return isUp ? 'up' : 'down';
}

/** None when the answer is an error, or too late. */
function within(timeoutMs: number, count: Promise<number>): Promise<number> {
  const silence = new Promise<number>((resolve) => setTimeout(resolve, timeoutMs, 0).unref());
  return Promise.race([count.catch(() => 0), silence]);
}
