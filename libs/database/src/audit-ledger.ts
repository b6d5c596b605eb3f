import type { AuditAction, AuditEvent, AuditOutcome } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import {
  And,
  DataSource,
  type EntityManager,
  type FindOptionsWhere,
  In,
  LessThan,
  MoreThan,
  MoreThanOrEqual,
  QueryFailedError,
} from 'typeorm';
import { AuditEventEntity } from './entities/audit-event.entity.js';

/** Serialises whoever adds to the chain, over all processes; any fixed number will do. */
const CHAIN_LOCK = 4_205_004;
/** A process that is stopped in mid-sentence must not keep all others from writing: the server ends it. */
const LONGEST_SILENCE_MS = 5_000;

/** A place in the chain: what one has seen there must be there for ever. */
export interface AuditMark {
  seq: number;
  hash: string;
}

export type ChainedEvent = AuditEvent & AuditMark;

/** Which events are wanted; what is not there does not matter. */
export interface AuditFilter {
  actions?: readonly AuditAction[] | undefined;
  outcomes?: readonly AuditOutcome[] | undefined;
  /** The e-mail address of the account. */
  actor?: string | undefined;
  from?: Date | undefined;
  /** Before it. */
  to?: Date | undefined;
}

/** All that a row says, in the order of its columns. */
export type AuditContent = readonly (string | null)[];

/** The hash of a row, over all that it says and the hash before it. */
export type Link = (previousHash: string, content: AuditContent) => string;

/** The audit trail: adds to it, and reads it. Nothing here changes a row, and the service's role could not. */
@Injectable()
export class AuditLedger {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /**
   * Adds events in order.
   * @param seen a mark that the caller knows of; `missing` tells that it is there no more
   * @returns the places they got
   */
  async add(
    events: readonly AuditEvent[],
    link: Link,
    seen: AuditMark | null,
  ): Promise<{ marks: AuditMark[]; missing: boolean }> {
    const behind = seen === null ? null : await this.addBehind(seen, events, link);
    if (behind !== null) return { marks: behind, missing: false };
    return this.alone(async (manager) => {
      const { head, missing } = await headAnd(manager, seen);
      return { marks: await append(manager, head, events, link), missing };
    });
  }

  /**
   * In one statement, since an act waits for it, and each question more waits for its turn on a busy machine.
   * @returns null, and nothing is added, when `head` is not the newest event (any more) or somebody else is adding
   */
  private async addBehind(head: AuditMark, events: readonly AuditEvent[], link: Link): Promise<AuditMark[] | null> {
    const rows = linked(head, events, link);
    try {
      const added: unknown[] = await this.source.query(
        `${ADD} WHERE (SELECT pg_try_advisory_xact_lock(${String(CHAIN_LOCK)}))
            AND (SELECT seq = $14 AND hash = $15 FROM pgexport.audit_events ORDER BY seq DESC LIMIT 1)
         RETURNING seq`,
        [...columnsOf(rows), head.seq, head.hash],
      );
      return added.length > 0 ? rows.map(toMark) : null;
    } catch (error) {
      // Somebody has added and is done between this statement's view of the table and its lock: all of it is undone, where
      // ON CONFLICT would let the rest of a batch in.
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  /**
   * Moves the counted refusals of the minutes that are over into the chain, one event for each address and minute.
   * @returns how many events they became
   */
  async addRefusals(link: Link): Promise<number> {
    const isOver = `minute < date_trunc('minute', now() - interval '1 minute')`;
    const waiting: unknown[] = await this.source.query(`SELECT 1 FROM pgexport.refusal_counts WHERE ${isOver} LIMIT 1`);
    if (waiting.length === 0) return 0;
    return this.alone(async (manager) => {
      const counts = await manager.query<{ minute: Date; address: string; codes: Record<string, number> }[]>(
        `WITH gone AS (DELETE FROM pgexport.refusal_counts WHERE ${isOver} RETURNING *)
         SELECT minute, address, json_object_agg(code, count ORDER BY code) AS codes
           FROM gone GROUP BY minute, address ORDER BY minute, address`,
      );
      const events = counts.map(({ minute, address, codes }): AuditEvent => {
        const details = { count: Object.values(codes).reduce((sum, count) => sum + count, 0), codes };
        const nobody = { actor: null, correlationId: null, target: null };
        return { ...nobody, at: minute, action: 'refusals', outcome: 'refused', address, details };
      });
      return (await append(manager, await newest(manager), events, link)).length;
    });
  }

  /** The newest event's mark; null when there is none. */
  async head(): Promise<AuditMark | null> {
    return newest(this.source.manager);
  }

  /**
   * Newest first; a stretch of time by its instants, since refusals come into the chain minutes after theirs, and since
   * the index then leads to one of long ago without a way through all that came later.
   * @param before only those behind this `seq`, in that order
   */
  async newestFirst(limit: number, before: number | null, filter: AuditFilter = {}): Promise<ChainedEvent[]> {
    const byTime = filter.from !== undefined || filter.to !== undefined;
    const query = this.source.manager.createQueryBuilder(AuditEventEntity, 'event').where(whereOf(filter)).limit(limit);
    if (byTime) query.orderBy('event.at', 'DESC');
    query.addOrderBy('event.seq', 'DESC');
    if (before !== null) {
      query.andWhere(byTime ? BEHIND_IN_TIME : 'event.seq < CAST(:before AS bigint)', { before: String(before) });
    }
    return (await query.getMany()).map(toEvent);
  }

  /** In order. @param after only those with a higher `seq` */
  async inOrder(limit: number, after: number): Promise<(AuditMark & { content: AuditContent })[]> {
    const rows = await this.source.manager.find(AuditEventEntity, {
      where: { seq: MoreThan(String(after)) },
      order: { seq: 'ASC' },
      take: limit,
    });
    return rows.map((row) => ({ seq: Number(row.seq), hash: row.hash, content: contentOf(row) }));
  }

  /** Whether the role of this process could change what is written: only the trigger stops accidents then. */
  async isOwner(): Promise<boolean> {
    const [row] = await this.source.query<{ can: boolean }[]>(
      `SELECT has_table_privilege('pgexport.audit_events', 'UPDATE, DELETE, TRUNCATE') AS can`,
    );
    return row?.can ?? true;
  }

  /** In a transaction that no other process adds to the chain in. */
  private alone<T>(act: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.source.transaction(async (manager) => {
      await manager.query(
        `SET LOCAL idle_in_transaction_session_timeout = ${String(LONGEST_SILENCE_MS)};
         SELECT pg_advisory_xact_lock(${String(CHAIN_LOCK)})`,
      );
      return act(manager);
    });
  }
}

const BEHIND_IN_TIME = `(event.at, event.seq) < (
  SELECT last.at, CAST(:before AS bigint) FROM pgexport.audit_events last
   WHERE last.seq <= CAST(:before AS bigint) ORDER BY last.seq DESC LIMIT 1)`;

function whereOf({ actions, outcomes, actor, from, to }: AuditFilter): FindOptionsWhere<AuditEventEntity> {
  const times = [...(from ? [MoreThanOrEqual(from)] : []), ...(to ? [LessThan(to)] : [])];
  return {
    ...(actions && { action: In(actions) }),
    ...(outcomes && { outcome: In(outcomes) }),
    ...(actor !== undefined && { email: actor.toLowerCase() }),
    ...(times.length > 0 && { at: And(...times) }),
  };
}

/** Of rows that are given column by column: the content in its order, and the hash. */
const ADD = `
  INSERT INTO pgexport.audit_events
         (seq, at, action, outcome, user_id, email, via, credential_id, address, correlation_id, target, details, hash)
  SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                       $8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])`;

function isUniqueViolation(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '23505';
}

interface LinkedRow {
  content: AuditContent;
  hash: string;
}

function linked(head: AuditMark | null, events: readonly AuditEvent[], link: Link): LinkedRow[] {
  let { seq, hash } = head ?? { seq: 0, hash: '' };
  return events.map((event) => {
    const content = contentOf(toRow(event, (seq += 1)));
    hash = link(hash, content);
    return { content, hash };
  });
}

async function append(
  manager: EntityManager,
  head: AuditMark | null,
  events: readonly AuditEvent[],
  link: Link,
): Promise<AuditMark[]> {
  const rows = linked(head, events, link);
  await manager.query(ADD, columnsOf(rows));
  return rows.map(toMark);
}

/** Thirteen, also of no rows. */
function columnsOf(rows: readonly LinkedRow[]): (string | null)[][] {
  const whole = rows.map(({ content, hash }) => [...content, hash]);
  return Array.from({ length: 13 }, (_, column) => whole.map((row) => row[column] ?? null));
}

function toMark({ content: [seq], hash }: LinkedRow): AuditMark {
  return { seq: Number(seq), hash };
}

async function newest(manager: EntityManager): Promise<AuditMark | null> {
  return (await headAnd(manager, null)).head;
}

/** The newest event's mark, and whether one that was seen is there no more; one question, since an act waits for it. */
async function headAnd(
  manager: EntityManager,
  seen: AuditMark | null,
): Promise<{ head: AuditMark | null; missing: boolean }> {
  const [row] = await manager.query<{ seq: string; hash: string; holds: boolean }[]>(
    `SELECT seq, hash, EXISTS (SELECT FROM pgexport.audit_events WHERE seq = $1 AND hash = $2) AS holds
       FROM pgexport.audit_events ORDER BY seq DESC LIMIT 1`,
    [seen?.seq ?? null, seen?.hash ?? null],
  );
  const head = row === undefined ? null : { seq: Number(row.seq), hash: row.hash };
  return { head, missing: seen !== null && row?.holds !== true };
}

type Unlinked = Omit<AuditEventEntity, 'hash'>;

function toRow({ actor, details, ...event }: AuditEvent, seq: number): Unlinked {
  const { userId = null, email = null, via = null, credentialId = null } = actor ?? {};
  return { ...event, userId, email, via, credentialId, details: JSON.stringify(details), seq: String(seq) };
}

function contentOf(row: Unlinked): AuditContent {
  const { seq, at, action, outcome, userId, email, via, credentialId } = row;
  const { address, correlationId, target, details } = row;
  return [
    ...[seq, at.toISOString(), action, outcome, userId, email, via, credentialId],
    ...[address, correlationId, target, details],
  ];
}

function toEvent({ seq, userId, email, via, credentialId, details, ...row }: AuditEventEntity): ChainedEvent {
  const actor = via === null ? null : { userId, email, via, credentialId };
  return { ...row, seq: Number(seq), actor, details: readDetails(details) };
}

/** What somebody has put in the place of an event need not be JSON. */
function readDetails(text: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return { unreadable: text };
  }
}
