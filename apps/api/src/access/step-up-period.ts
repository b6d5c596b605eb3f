import { type Caller, Refusal } from '#lib/domain';

/** `STEP_UP_MINUTES`: how long after giving the password a session may do sensitive acts. */
export class StepUpPeriod {
  /** @param forExport `REQUIRE_STEP_UP_FOR_EXPORT`: asking for an export is a sensitive act too */
  constructor(
    private readonly minutes: number,
    private readonly forExport: boolean,
  ) {}

  /** @throws {Refusal} `step_up_required` */
  check({ steppedUpAt }: Caller): void {
    if (steppedUpAt !== null && Date.now() - steppedUpAt.getTime() <= this.minutes * 60_000) return;
    throw new Refusal('step_up_required', 'Give your password again (POST /api/v1/auth/step-up), then repeat this.');
  }

  /**
   * Before an export. An API token has no password to give: its scope was granted by one who had.
   * @throws {Refusal} `step_up_required`
   */
  checkForExport(caller: Caller): void {
    if (this.forExport && caller.via === 'session') this.check(caller);
  }
}
