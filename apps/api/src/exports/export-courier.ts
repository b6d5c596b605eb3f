import type { ExportEntity } from '#lib/database';
import { type Caller, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { DownloadStepUp } from '../access/download-step-up.js';
import { type EndOfAnswer, LastingAnswers } from '../access/lasting-answers.js';
import { auditNoteOf } from '../audit/audit-note.js';
import { demandRight } from '../access/route-right.js';
import { ExportDesk } from './export-desk.js';
import { ExportLookout } from './export-lookout.js';
import type { ExportRequest } from './export-schemas.js';
import { locationOf } from './export-view.js';
import { FileHandout } from './file-handout.js';

const RIGHT = 'exports:download';

export interface Errand {
  caller: Caller;
  body: z.infer<typeof ExportRequest>;
  idempotencyKey: string | undefined;
}

/** The synchronous form: asks for an export, waits for it however long it takes, and answers with its file. */
@Injectable()
export class ExportCourier {
  constructor(
    private readonly desk: ExportDesk,
    private readonly handout: FileHandout,
    private readonly lookout: ExportLookout,
    private readonly lasting: LastingAnswers,
    private readonly stepUp: DownloadStepUp,
  ) {}

  /**
   * A client that leaves while it waits takes its export back, where it alone has asked for it.
   * @throws {Refusal} what asking and downloading may be refused with, and `export_failed`, `export_cancelled`,
   *   `shutting_down`
   */
  async deliver(request: Request, response: Response, errand: Errand): Promise<void> {
    const { caller, body, idempotencyKey } = errand;
    demandRight(caller, RIGHT);
    const { row, created } = await this.desk.request(caller, body, idempotencyKey);
    // The same Idempotency-Key leads to the same export, and another session may have asked for that one.
    await this.stepUp.check(caller, row.id);
    auditNoteOf(request).target = row.id;
    response.setHeader('Location', locationOf(row));
    const signal = this.lasting.begin(response, caller, RIGHT);
    const last = await this.await(row.id, signal);
    if (last === null) {
      const reason = signal.reason as EndOfAnswer;
      if (reason === 'client left') {
        if (created) await this.desk.abandon(row.id, caller, idempotencyKey);
        return;
      }
      if (reason === 'right lost') await this.lasting.confirm(caller, RIGHT);
      throw new Refusal('shutting_down', 'This server is restarting; the export goes on. `Location` leads to it.', {
        retryAfterSeconds: 5,
      });
    }
    refuseWithoutFile(last);
    // The export may have taken hours: who has signed out since then gets nothing.
    await this.lasting.confirm(caller, RIGHT);
    await this.handout.handOut(request, response.status(200), row.id);
  }

  /** The final state, or null when `signal` is aborted before. */
  private async await(id: string, signal: AbortSignal): Promise<ExportEntity | null> {
    let last: ExportEntity | null = null;
    for await (const { row } of this.lookout.follow(id, signal)) last = row;
    return signal.aborted ? null : last;
  }
}

/** @throws {Refusal} `export_failed`, `export_cancelled` */
function refuseWithoutFile({ status, error }: ExportEntity): void {
  if (status === 'cancelled') throw new Refusal('export_cancelled', 'The export was cancelled before it was ready.');
  if (status !== 'failed') return;
  throw new Refusal('export_failed', `${error?.code ?? 'internal'}: ${error?.message ?? 'The export has failed.'}`);
}
