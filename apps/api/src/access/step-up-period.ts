import { type Caller, Refusal } from '#lib/domain';

/** `STEP_UP_MINUTES`: how long after giving the password a session may do sensitive acts. */
export class StepUpPeriod {
  constructor(private readonly minutes: number) {}

  /** @throws {Refusal} `step_up_required` */
  check({ steppedUpAt }: Caller): void {
    if (steppedUpAt !== null && Date.now() - steppedUpAt.getTime() <= this.minutes * 60_000) return;
    throw new Refusal('step_up_required', 'Give your password again (POST /api/v1/auth/step-up), then repeat this.');
  }
}
