import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Export } from '../../test/support/client.ts';
import type { PlannedRequest } from './plan.ts';
import type { Stage } from './stage.ts';

const ANSWER_MILLISECONDS = 15_000;
const PAUSE_MILLISECONDS = 1_000;
/** Longer than any outage of the plan, and than any export with all its attempts. */
const PATIENCE_MILLISECONDS = 900_000;

/** An accepted export, and what its user did with it. */
export interface Accepted {
  id: string;
  request: PlannedRequest;
  downloaded: boolean;
}

/** A user who wants exports, asks the other API when one does not answer, and never gives up. */
export class Asker {
  readonly accepted: Accepted[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly stage: Stage;
  private readonly mark: string;

  /** @param mark makes the keys of this soak its own */
  constructor(stage: Stage, mark: string) {
    this.stage = stage;
    this.mark = mark;
  }

  ask(request: PlannedRequest, index: number): void {
    const work = this.askAndAct(request, index).catch((error: unknown) => {
      this.stage.complaints.push(`Request ${index}: ${error instanceof Error ? error.message : String(error)}`);
    });
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  /** Resolves when every user is content. */
  async content(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** How many are still waiting for something. */
  get waiting(): number {
    return this.underWay.size;
  }

  private async askAndAct(request: PlannedRequest, index: number): Promise<void> {
    const { body, isEncrypted, then } = request;
    const wanted = { ...body, ...(isEncrypted && { encryptTo: [this.stage.recipient] }) };
    const answer = await this.call(request.api, 'POST', '/admin/db/export', wanted, {
      'Idempotency-Key': `${this.mark}-${index}`,
    });
    if (answer.status !== 202) throw new Error(`POST was answered with ${answer.status}: ${answer.text}`);
    const { id } = JSON.parse(answer.text) as Export;
    const accepted = { id, request, downloaded: false };
    this.accepted.push(accepted);
    await sleep(then.afterSeconds * 1_000);
    if (then.act === 'cancel') await this.expect(request.api, 'POST', `/admin/db/export/${id}/cancel`, [202, 409]);
    if (then.act === 'delete') {
      await this.untilFinal(request.api, id);
      await this.expect(request.api, 'DELETE', `/admin/db/export/${id}`, [204]);
    }
    if (then.act === 'download') {
      const seen = await this.untilFinal(request.api, id);
      if (seen.status === 'ready') await this.download(request.api, seen);
      accepted.downloaded = seen.status === 'ready';
    }
  }

  private async expect(api: number, method: string, path: string, right: number[]): Promise<void> {
    const { status } = await this.call(api, method, path);
    if (!right.includes(status)) throw new Error(`${method} ${path} was answered with ${status}`);
  }

  private async untilFinal(api: number, id: string): Promise<Export> {
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const answer = await this.call(api, 'GET', `/admin/db/export/${id}`);
      if (answer.status !== 200) throw new Error(`GET of ${id} was answered with ${answer.status}`);
      const seen = JSON.parse(answer.text) as Export;
      if (seen.status !== 'queued' && seen.status !== 'running') return seen;
      if (Date.now() > deadline) throw new Error(`${id} is still ${seen.status}, stage ${seen.stage}`);
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  /** In as many parts as it takes. */
  private async download(api: number, { id, file }: Export): Promise<void> {
    const hash = createHash('sha256');
    let received = 0;
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    for (let turn = api; file !== null && received < file.sizeBytes; turn += 1) {
      if (Date.now() > deadline) throw new Error(`${id} could not be downloaded in time`);
      const range = { Range: `bytes=${received}-`, 'If-Range': `"${file.sha256}"` };
      const path = `/admin/db/export/${id}/file`;
      const answer = await this.try(turn, 'GET', path, undefined, range, PATIENCE_MILLISECONDS);
      if (answer !== undefined && answer.status !== 206)
        throw new Error(`The rest of ${id} was answered with ${answer.status}`);
      try {
        for await (const chunk of (answer?.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
          hash.update(chunk);
          received += chunk.length;
        }
      } catch {
        // Cut: the next turn asks for the rest.
      }
      if (received < file.sizeBytes) await sleep(PAUSE_MILLISECONDS);
    }
    if (hash.digest('hex') !== file?.sha256) throw new Error(`What was downloaded of ${id} is not what was promised`);
  }

  /** Asks one API after the other until one answers for good, to its last byte. */
  private async call(
    api: number,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    for (let turn = api, deadline = Date.now() + PATIENCE_MILLISECONDS; ; turn += 1) {
      const answer = await this.try(turn, method, path, body, headers, ANSWER_MILLISECONDS);
      const text = await answer?.text().catch(() => undefined);
      if (answer !== undefined && text !== undefined) return { status: answer.status, text };
      if (Date.now() > deadline) throw new Error(`${method} ${path} was not answered in time`);
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  /** The beginning of an answer; undefined when there is none, or a later one is promised. */
  private async try(
    turn: number,
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
    milliseconds: number,
  ): Promise<Response | undefined> {
    const client = this.stage.clients[turn % this.stage.clients.length];
    const signal = AbortSignal.timeout(milliseconds);
    const answer = await client?.call(method, path, body, headers, signal).catch(() => undefined);
    if (answer === undefined || answer.status < 500) return answer;
    const isOutage = answer.status === 503 && answer.headers.get('retry-after') !== null;
    if (!isOutage) throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    await answer.body?.cancel();
    return undefined;
  }
}

interface Answer {
  status: number;
  text: string;
}
