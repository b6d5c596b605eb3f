import { type AuditAction, type AuditActor, type AuditEvent, Refusal } from '#lib/domain';

/** What is done without a request of ours that asks for it. */
export interface UnaskedAct {
  action: AuditAction;
  actor: AuditActor;
  /** Where it came from, if from anywhere. */
  address?: string | null;
  target?: string | null;
  details?: Record<string, unknown>;
}

/** Does what no request asks for: commands on the machine, and what an identity provider says of its accounts. */
export class RecordedActs {
  /**
   * @param write puts an event into the audit trail, and tells its place
   * @param complain of an outcome that could not be written: the act is done by then
   */
  constructor(
    private readonly write: (event: AuditEvent) => Promise<number>,
    private readonly complain: (sentence: string) => void,
  ) {}

  /**
   * Writes down that it was asked, does it, and writes down what came of it.
   * @param act returns what it was done to; null: there was nothing to do after all
   * @throws whatever `act` throws, or whatever keeps the first record from being written: nothing is done then
   */
  async perform<T extends { id: string } | null>(what: UnaskedAct, act: () => Promise<T>): Promise<T> {
    const event = { address: null, target: null, details: {}, ...what, correlationId: null };
    const askedAs = await this.write({ ...event, at: new Date(), outcome: 'asked' });
    const after = async (outcome: 'done' | 'refused' | 'failed', target: string | null, code?: string) => {
      const details = { ...event.details, askedAs, ...(code !== undefined && { code }) };
      await this.write({ ...event, at: new Date(), outcome, target, details }).catch((error: unknown) => {
        this.complain(`The audit trail could not take that ${event.action} was ${outcome}: ${String(error)}`);
      });
    };
    try {
      const done = await act();
      await (done === null ? after('refused', event.target) : after('done', done.id));
      return done;
    } catch (error) {
      if (error instanceof Refusal) await after('refused', event.target, error.code);
      else await after('failed', event.target);
      throw error;
    }
  }
}
