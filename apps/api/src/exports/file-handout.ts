import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { auditNoteOf } from '../audit/audit-note.js';
import { RequestRecord } from '../audit/request-record.js';
import { answerWithFile } from './file-answer.js';
import { FileDesk } from './file-desk.js';

/** Hands a file out, and has it written down: that it was asked for, and how many bytes went out. */
@Injectable()
export class FileHandout {
  constructor(
    private readonly desk: FileDesk,
    private readonly record: RequestRecord,
  ) {}

  /** @throws {Refusal} `not_found`, `not_ready`, `gone`, `range_not_satisfiable`, `storage_unavailable` */
  async handOut(request: Request, response: Response, id: string): Promise<void> {
    const sent = { bytes: 0 };
    const range = request.headers.range?.slice(0, 100);
    const details = { ...(range !== undefined && { range }), ...(request.method === 'HEAD' && { method: 'HEAD' }) };
    const note = Object.assign(auditNoteOf(request), { action: 'download' as const, target: id, details });
    await this.record.asked(request);
    const file = await this.desk.open(id);
    // Counted on while it is sent: the number holds however it ends.
    note.details = Object.assign(sent, details, { ofBytes: file.file.sizeBytes });
    const whole = await this.desk.during(id, () => answerWithFile(request, response, file, sent));
    await this.record.outcome(request, whole ? 'completed' : 'aborted');
  }
}
