import type { Caller } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { EarlyKey, EarlyReads } from '../access/early-reads.js';
import { type EndOfAnswer, LastingAnswers } from '../access/lasting-answers.js';
import { namesTag, onlyTag } from './entity-tag.js';
import { EventStream } from './event-stream.js';
import { ExportId } from './export-schemas.js';
import { ExportLookout } from './export-lookout.js';
import type { Sighting } from './lookout-post.js';
import { preferredWait } from './preferred-wait.js';

const RIGHT = 'exports:read';
/** Of the export that a request names. */
export const EXPORT_STATE = new EarlyKey<Sighting>('the state of an export');

/** Tells clients how far an export is: at once, when it changes, or change by change. */
@Injectable()
export class ExportReporter {
  constructor(
    private readonly lookout: ExportLookout,
    private readonly lasting: LastingAnswers,
    private readonly early: EarlyReads,
  ) {
    this.early.offer(EXPORT_STATE, ({ params, headers }) => {
      const id = ExportId.safeParse(params['id']).data;
      // Who waits for a change waits at the lookout.
      return id === undefined || headers.prefer !== undefined ? null : this.lookout.look(id);
    });
  }

  /**
   * The state now; with `Prefer: wait=N` and `If-None-Match`, the first one that is not the client's, or 304.
   * @throws {Refusal} `not_found`; `unauthenticated`, `forbidden` when the right is lost while waiting
   */
  async report(request: Request, response: Response, caller: Caller, id: string): Promise<void> {
    const seen = request.headers['if-none-match'];
    const wait = request.method === 'GET' ? preferredWait(request.headers.prefer) : null;
    const tag = onlyTag(seen);
    if (wait !== null && tag !== null) {
      await this.reportChange(response, caller, { id, tag, seconds: wait });
      return;
    }
    const sighting = await (this.early.take(EXPORT_STATE, request) ?? this.lookout.look(id));
    if (seen !== undefined && namesTag(seen, sighting.etag)) sayUnchanged(response, sighting.etag);
    else send(response, sighting);
  }

  private async reportChange(
    response: Response,
    caller: Caller,
    { id, tag, seconds }: { id: string; tag: string; seconds: number },
  ): Promise<void> {
    const signal = this.lasting.begin(response, caller, RIGHT, seconds);
    for await (const sighting of this.lookout.follow(id, signal, tag)) {
      send(response.setHeader('Preference-Applied', `wait=${String(seconds)}`), sighting);
      return;
    }
    if ((signal.reason as EndOfAnswer) === 'right lost') await this.lasting.confirm(caller, RIGHT);
    sayUnchanged(response.setHeader('Preference-Applied', `wait=${String(seconds)}`), tag);
  }

  /**
   * Every state from now on, as server-sent events, until a final one.
   * @throws {Refusal} `not_found`
   */
  async stream(request: Request, response: Response, caller: Caller, id: string): Promise<void> {
    const signal = this.lasting.begin(response, caller, RIGHT);
    const last = request.headers['last-event-id'];
    let stream: EventStream | null = null;
    for await (const { etag, json } of this.lookout.follow(id, signal)) {
      const eventId = etag.slice(1, -1);
      const isNew = stream !== null || eventId !== last;
      // Not before the export was found: who asks for one that is not there gets a problem.
      stream ??= new EventStream(response);
      if (request.method === 'HEAD') break;
      if (isNew) await stream.send('export', eventId, json, signal);
    }
    (stream ?? new EventStream(response)).end();
  }
}

function send(response: Response, { etag, json }: Sighting): void {
  response.setHeader('ETag', etag);
  response.type('json').send(json);
}

function sayUnchanged(response: Response, etag: string): void {
  response.setHeader('ETag', etag);
  response.status(304).end();
}
