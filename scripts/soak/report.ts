import type { Struck } from './faults.ts';
import { FAULTS, type FaultName } from './plan.ts';
import type { Row } from './promise.ts';

const cells = (values: readonly (string | number)[]) => `| ${values.join(' | ')} |`;

/** What became of the exports that each kind of fault met: a markdown table. */
export function faultTable(struck: readonly Struck[], rows: readonly Row[]): string {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const head = ['fault', 'times', 'exports met', 'ready at once', 'ready, run again', 'failed', 'taken back'];
  const lines = (Object.keys(FAULTS) as FaultName[]).flatMap((name) => {
    const times = struck.filter((one) => one.name === name && one.happened);
    if (times.length === 0) return [];
    const met = [...new Set(times.flatMap((one) => one.met))].flatMap((id) => byId.get(id) ?? []);
    const ready = met.filter(({ status }) => status === 'ready');
    const again = ready.filter(({ attempts }) => attempts > 1).length;
    const failed = met.filter(({ status }) => status === 'failed');
    const taken = met.filter(({ status }) => status === 'cancelled' || status === 'deleted').length;
    return [cells([name, times.length, met.length, ready.length - again, again, countCodes(failed), taken])];
  });
  return [cells(head), cells(head.map(() => '---')), ...lines].join('\n');
}

/** How all exports have ended: a markdown table. */
export function outcomeTable(rows: readonly Row[]): string {
  const outcomes = new Map<string, number[]>();
  for (const { status, code, attempts } of rows) {
    const outcome = status === 'failed' ? `failed: ${code}` : status;
    const counts = outcomes.get(outcome) ?? [0, 0, 0];
    const attempt = Math.min(Math.max(attempts, 1), 3) - 1;
    counts[attempt] = (counts[attempt] ?? 0) + 1;
    outcomes.set(outcome, counts);
  }
  const head = ['outcome', 'exports', '1st attempt', '2nd', '3rd'];
  const lines = [...outcomes].toSorted(([a], [b]) => a.localeCompare(b));
  return [
    cells(head),
    cells(head.map(() => '---')),
    ...lines.map(([outcome, counts]) => cells([outcome, counts.reduce((sum, one) => sum + one, 0), ...counts])),
  ].join('\n');
}

function countCodes(failed: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const { code } of failed) counts.set(code ?? '?', (counts.get(code ?? '?') ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ') || '0';
}
