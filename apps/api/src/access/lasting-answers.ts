import { type Caller, callerHas, Refusal, type Right } from '#lib/domain';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { Callers } from './callers.js';
import { demandRight } from './route-right.js';

/** Why an answer that lasts has to end: the `reason` of its signal. */
export type EndOfAnswer = 'client left' | 'right lost' | 'time is up' | 'shutting down';

/** One query for all open answers; a caller who signs out, is demoted or revoked is heard of within so long. */
const CHECK_MS = 3_000;

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
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(private readonly callers: Callers) {}

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
    else this.timer ??= this.nextCheck();
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
    clearTimeout(this.timer);
    for (const answer of this.open) answer.end('shutting down');
  }

  private nextCheck(): NodeJS.Timeout {
    return setTimeout(() => void this.check(), CHECK_MS).unref();
  }

  private async check(): Promise<void> {
    const asked = new Map([...this.open].map(({ caller }) => [caller.sessionId, caller]));
    try {
      const alive = await this.callers.aliveAmong([...asked.values()]);
      for (const { caller, right, end } of this.open) {
        // Begun while the question was on its way: its turn comes next time.
        if (!asked.has(caller.sessionId)) continue;
        const now = alive.get(caller.sessionId);
        if (now === undefined || !callerHas(now, right)) end('right lost');
      }
    } catch (error) {
      // Without the database there is nothing to tell anybody either.
      this.logger.warn(`The rights of ${String(this.open.size)} open answers could not be checked: ${String(error)}`);
    }
    if (!this.closing) this.timer = this.open.size === 0 ? undefined : this.nextCheck();
  }
}
