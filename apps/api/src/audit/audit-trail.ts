import { AuditLedger, type AuditMark, type Link } from '#lib/database';
import type { AuditEvent } from '#lib/domain';
import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { writeMark } from './audit-chain.js';

const HEAD_LOG_MS = 3_600_000;
const REFUSALS_MS = 15_000;
const LARGEST_BATCH = 200;

interface Waiting {
  event: AuditEvent;
  resolve: (seq: number) => void;
  reject: (error: unknown) => void;
}

/**
 * Where acts are written down. What comes while a write is on its way goes together with the next one: a chain has one
 * writer at a time, and many requests need not wait for each other's commits.
 */
export class AuditTrail implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AuditTrail');
  private readonly timers: NodeJS.Timeout[] = [];
  private waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;
  /** What this process wrote last: nobody may have taken it away. */
  private seen: AuditMark | null = null;

  constructor(
    private readonly ledger: AuditLedger,
    private readonly link: Link,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.timers.push(setInterval(() => void this.logHead(), HEAD_LOG_MS).unref());
    this.timers.push(setInterval(() => void this.addRefusals(), REFUSALS_MS).unref());
    await this.logHead();
  }

  /**
   * Resolves with the event's place once it is in the chain for good.
   * @throws whatever keeps it from being written
   */
  record(event: AuditEvent): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ event, resolve, reject });
      this.writing ??= this.write();
    });
  }

  /** Refusals of the minutes that are over, into the chain. */
  async addRefusals(): Promise<void> {
    try {
      await this.ledger.addRefusals(this.link);
    } catch (error) {
      // They stay where they are counted until the next time.
      this.logger.error(`Refusals could not be moved to the audit trail: ${String(error)}`);
    }
  }

  /** A copy of the head outside the database: who cuts the chain's tail off can't cut it off there. */
  async logHead(): Promise<void> {
    try {
      const head = await this.ledger.head();
      this.logger.log(`Audit head ${head === null ? 'none' : writeMark(head)}`);
      if (await this.ledger.isOwner()) {
        this.logger.warn('The audit trail is kept from accidents only: set MIGRATION_DATABASE_URL (docs/security.md)');
      }
    } catch (error) {
      this.logger.error(`The head of the audit trail could not be read: ${String(error)}`);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.writing;
  }

  private async write(): Promise<void> {
    // In the next turn: what comes together is written together.
    await Promise.resolve();
    for (let batch = this.take(); batch.length > 0; batch = this.take()) {
      try {
        const events = batch.map(({ event }) => event);
        const { marks, missing } = await this.ledger.add(events, this.link, this.seen);
        if (missing && this.seen !== null) {
          this.logger.error(`The audit trail was tampered with: ${writeMark(this.seen)} was written and is gone.`);
        }
        this.seen = marks.at(-1) ?? this.seen;
        batch.forEach(({ resolve }, index) => resolve(marks[index]?.seq ?? 0));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    // At once: what comes from now on begins anew.
    this.writing = null;
  }

  private take(): Waiting[] {
    return this.waiting.splice(0, LARGEST_BATCH);
  }
}
