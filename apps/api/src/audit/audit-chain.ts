import type { AuditContent, AuditMark, Link } from '#lib/database';
import { createHmac } from 'node:crypto';

/** Links of the audit trail: HMAC-SHA-256 with a key of this server, which no database holds. */
export function auditLink(key: Buffer): Link {
  return (previousHash, content) =>
    createHmac('sha256', key)
      .update(JSON.stringify([previousHash, ...content]))
      .digest('hex');
}

/** A mark as it is logged, and given to `audit:verify`: `SEQ:HASH`. */
export function writeMark({ seq, hash }: AuditMark): string {
  return `${String(seq)}:${hash}`;
}

export function readMark(text: string): AuditMark | null {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

export interface Verdict {
  /** How many events were good. */
  checked: number;
  /** The last of them. */
  head: AuditMark | null;
  /** What is wrong, of the first broken link; null: nothing. */
  problem: string | null;
}

/**
 * Follows the chain from its first link to its last.
 * @param expected marks from the log: each must be in the chain, or its tail was cut off, or it was made anew
 */
export async function verifyChain(
  rows: AsyncIterable<AuditMark & { content: AuditContent }>,
  link: Link,
  expected: readonly AuditMark[] = [],
): Promise<Verdict> {
  let head: AuditMark | null = null;
  const wanted = new Map(expected.map(({ seq, hash }) => [seq, hash]));
  const verdict = (problem: string | null): Verdict => ({ checked: head?.seq ?? 0, head, problem });
  for await (const { seq, hash, content } of rows) {
    const next: number = (head?.seq ?? 0) + 1;
    if (seq !== next) return verdict(`Event ${String(next)} is missing: the one behind it is ${String(seq)}.`);
    if (hash !== link(head?.hash ?? '', content)) {
      return verdict(`Event ${String(seq)} is not what was written, or was written by somebody without the key.`);
    }
    if ((wanted.get(seq) ?? hash) !== hash) return verdict(`Event ${String(seq)} is not the one that was logged.`);
    wanted.delete(seq);
    head = { seq, hash };
  }
  const [lost] = wanted.keys();
  return verdict(lost === undefined ? null : `Event ${String(lost)} was logged and is missing: the tail was cut off.`);
}
