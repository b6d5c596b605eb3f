import type { AuditLedger } from '#lib/database';
import { auditLink } from './audit-chain.js';
import { RecordedActs } from './recorded-acts.js';

/** What a command on the machine does, in the same chain as what the API does. @param key that links the records */
export function actsOfMachine(ledger: AuditLedger, key: Buffer): RecordedActs {
  const link = auditLink(key);
  const write = async (...events: Parameters<AuditLedger['add']>[0]) => {
    const { marks } = await ledger.add(events, link, null);
    return marks[0]?.seq ?? 0;
  };
  return new RecordedActs(write, (sentence) => process.stderr.write(`${sentence}\n`));
}
