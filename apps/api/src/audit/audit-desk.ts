import { type AuditFilter, AuditLedger, type ChainedEvent } from '#lib/database';
import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { LastingAnswers } from '../access/lasting-answers.js';
import { auditNoteOf } from './audit-note.js';
import type { AuditPage, AuditQuery, AuditRecord } from './audit-schemas.js';
import { RequestRecord } from './request-record.js';

export const NDJSON = 'application/x-ndjson';
const ROWS_AT_ONCE = 500;

/** Where the audit trail is read. */
@Injectable()
export class AuditDesk {
  constructor(
    private readonly ledger: AuditLedger,
    private readonly lasting: LastingAnswers,
    private readonly record: RequestRecord,
  ) {}

  async page(query: z.infer<typeof AuditQuery>): Promise<z.infer<typeof AuditPage>> {
    const { cursor, limit } = query;
    // One more than asked for tells whether there is a next page.
    const events = await this.ledger.newestFirst(limit + 1, cursor ?? null, filterOf(query));
    const items = events.slice(0, limit).map(toView);
    const last = items.at(-1);
    return { items, nextCursor: events.length > limit && last !== undefined ? String(last.seq) : null };
  }

  /** All that the filters let through, from the cursor on, newest first, as fast as the client reads; ends when the caller's right does. */
  async stream(request: Request, response: Response, caller: Caller, query: z.infer<typeof AuditQuery>): Promise<void> {
    Object.assign(auditNoteOf(request), { action: 'audit.export', details: filterOf(query) });
    await this.record.asked(request);
    const signal = this.lasting.begin(response, caller, 'audit:read');
    response.setHeader('Content-Type', NDJSON);
    response.setHeader('Cache-Control', 'no-store');
    try {
      await pipeline(Readable.from(this.lines(query)), response, { signal });
    } catch (error) {
      // The end of a whole answer closes it too, which the signal takes for a client that left.
      if (!response.writableFinished) {
        // Half an answer must not end like a whole one.
        response.destroy();
        await this.record.outcome(request, signal.aborted ? 'aborted' : 'failed');
        if (!signal.aborted) throw error;
        return;
      }
    }
    await this.record.outcome(request, 'completed');
  }

  /** A piece for each read of the table, a line of JSON for each event. */
  private async *lines(query: z.infer<typeof AuditQuery>): AsyncGenerator<string> {
    let before = query.cursor ?? null;
    const filter = filterOf(query);
    for (;;) {
      const events: ChainedEvent[] = await this.ledger.newestFirst(ROWS_AT_ONCE, before, filter);
      const last = events.at(-1);
      if (last === undefined) return;
      before = last.seq;
      yield events.map((event) => `${JSON.stringify(toView(event))}\n`).join('');
    }
  }
}

function filterOf({ action, outcome, actor, from, to }: z.infer<typeof AuditQuery>): AuditFilter {
  return { actions: action, outcomes: outcome, actor, from, to };
}

function toView({ at, seq, ...event }: ChainedEvent): z.infer<typeof AuditRecord> {
  return { seq, at: at.toISOString(), ...event };
}
