import type { AuditRecord } from '../api/types';
import { ACTION_WORDS, OUTCOME_WORDS } from './audit-words';

/** What of the trail is wanted, as the address of the page says it. */
export interface AuditWish {
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  /** A whole e-mail address. */
  readonly actor?: string | undefined;
  /** The first and the last day, `YYYY-MM-DD`, of the reader's own calendar. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const isAction = (text: string | undefined): text is AuditRecord['action'] =>
  text !== undefined && Object.hasOwn(ACTION_WORDS, text);
const isOutcome = (text: string | undefined): text is AuditRecord['outcome'] =>
  text !== undefined && Object.hasOwn(OUTCOME_WORDS, text);

/** The query of the API; what makes no sense is left out. */
export function auditQuery({ action, outcome, actor, from, to }: AuditWish): Record<string, string> {
  const [since, until] = [startOfDay(from, 0), startOfDay(to, 1)];
  return {
    ...(isAction(action) && { action }),
    ...(isOutcome(outcome) && { outcome }),
    ...(actor && { actor: actor.trim() }),
    ...(since && { from: since }),
    ...(until && { to: until }),
  };
}

/** @param later days: the end of a day is the start of the next one, which need not come 24 hours later */
function startOfDay(day: string | undefined, later: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  // While it is typed, the year is 2, 20 and 202; and the day after the last one of 9999 can't be written.
  if (year === undefined || year < '2000' || year === '9999') return null;
  const start = (days: number) => new Date(Number(year), Number(month) - 1, Number(date) + days);
  // 30 February would be the second day of March.
  return start(0).getMonth() === Number(month) - 1 ? start(later).toISOString() : null;
}
