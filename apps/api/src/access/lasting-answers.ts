import { ExportChanges } from '#lib/database';
import { type Caller, callerHas, Refusal, type Right } from '#lib/domain';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { Callers } from './callers.js';
import { RightsWatch } from './rights-watch.js';
import { demandRight } from './route-right.js';

/** Why an answer that lasts has to end: the `reason` of its signal. */
export type EndOfAnswer = 'client left' | 'right lost' | 'time is up' | 'shutting down';

interface LastingAnswer {
  caller: Caller;
  right: Right;
  end: (reason: EndOfAnswer) => void;
}

/**
 * The answers that take longer than a moment. Each has a signal that is aborted, with an {@link EndOfAnswer}, as soon
 * as there is nobody to answer, the caller may not have the answer any more, or this process shuts down.
 */
@Injectable()
export class LastingAnswers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(LastingAnswers.name);
  private readonly open = new Set<LastingAnswer>();
  private readonly watch: RightsWatch;
  private closing = false;

  constructor(
    private readonly callers: Callers,
    changes: ExportChanges,
  ) {
    const concerns = (id: string) =>
      [...this.open].some(({ caller }) => caller.sessionId === id || caller.userId === id);
    this.watch = new RightsWatch(changes, concerns, () => this.check());
  }

  /**
   * Begins an answer that lasts, until `response` is closed by either side.
   * @param seconds at most; default: no limit
   */
  begin(response: Response, caller: Caller, right: Right, seconds?: number): AbortSignal {
    if (response.closed) return AbortSignal.abort('client left' satisfies EndOfAnswer);
    const controller = new AbortController();
    const answer: LastingAnswer = {
      caller,
      right,
      end: (reason) => {
        // The socket would be kept for the next request, and keep a server that shuts down waiting.
        if (reason === 'shutting down' && !response.headersSent) response.setHeader('Connection', 'close');
        controller.abort(reason);
      },
    };
    const timer = seconds === undefined ? undefined : setTimeout(() => answer.end('time is up'), seconds * 1_000);
    response.once('close', () => {
      clearTimeout(timer);
      this.open.delete(answer);
      controller.abort('client left' satisfies EndOfAnswer);
    });
    this.open.add(answer);
    if (this.closing) answer.end('shutting down');
    else this.watch.begin([caller.sessionId, caller.userId]);
    return controller.signal;
  }

  /**
   * Asks once more whether the caller may have what took so long.
   * @throws {Refusal} `unauthenticated`, `forbidden`
   */
  async confirm(caller: Caller, right: Right): Promise<void> {
    const now = (await this.callers.aliveAmong([caller])).get(caller.sessionId);
    if (now === undefined) {
      throw new Refusal('unauthenticated', 'The session has ended in the meantime, or the token was revoked.');
    }
    demandRight(now, right);
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    this.watch.stop();
    for (const answer of this.open) answer.end('shutting down');
  }

  /** One question for all of them. False: it could not be answered. */
  private async check(): Promise<boolean> {
    const asked = new Map([...this.open].map(({ caller }) => [caller.sessionId, caller]));
    try {
      const alive = await this.callers.aliveAmong([...asked.values()]);
      for (const { caller, right, end } of this.open) {
        // Begun while the question was on its way: its turn comes next time.
        if (!asked.has(caller.sessionId)) continue;
        const now = alive.get(caller.sessionId);
        if (now === undefined || !callerHas(now, right)) end('right lost');
      }
      return true;
    } catch (error) {
      // Without the database there is nothing to tell anybody either.
      this.logger.warn(`The rights of ${String(this.open.size)} open answers could not be checked: ${String(error)}`);
      return false;
    }
  }
}
