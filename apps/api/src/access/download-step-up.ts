import { ExportLedger } from '#lib/database';
import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { StepUpPeriod } from './step-up-period.js';

const Id = z.uuid();

/**
 * Who must give the password again before a download: every session but the one that asked for the export, whose
 * automatic download may come hours later. An API token has no password to give: its scope was granted by one who had.
 */
@Injectable()
export class DownloadStepUp {
  constructor(
    private readonly exports: ExportLedger,
    private readonly period: StepUpPeriod,
  ) {}

  /**
   * An export that does not exist is for the route to refuse.
   * @throws {Refusal} `step_up_required`
   */
  async check(caller: Caller, exportId: string): Promise<void> {
    if (caller.via === 'token') return;
    const row = Id.safeParse(exportId).success ? await this.exports.find(exportId) : null;
    if (row !== null && row.sessionId !== caller.sessionId) this.period.check(caller);
  }
}
