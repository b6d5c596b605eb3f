import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { DownloadStepUp } from './download-step-up.js';
import type { StepUpRule } from './route-right.js';
import { StepUpPeriod } from './step-up-period.js';

/** Whether a caller has given the password lately enough for what a route does. */
@Injectable()
export class StepUpRules {
  constructor(
    private readonly period: StepUpPeriod,
    private readonly download: DownloadStepUp,
  ) {}

  /**
   * @param rule undefined: the route asks for none
   * @param exportId that the route names
   * @throws {Refusal} `step_up_required`
   */
  async check(rule: StepUpRule | undefined, caller: Caller, exportId: string): Promise<void> {
    if (rule === 'always') this.period.check(caller);
    if (rule === 'where exports ask for it') this.period.checkForExport(caller);
    if (rule === 'unless own export') await this.download.check(caller, exportId);
  }
}
