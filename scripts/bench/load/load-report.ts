/** One promise about load, and what became of it; `kept` is null where it could not be measured. */
export interface Finding {
  what: string;
  measured: string;
  promised: string;
  kept: boolean | null;
}

const MARK = { true: '✔', false: '✘', null: '–' } as const;

export function atLeast(what: string, ratio: number, least: number): Finding {
  return { what, measured: ratio.toFixed(2), promised: `at least ${least.toFixed(2)}`, kept: ratio >= least };
}

export function atMost(what: string, value: number, most: number, unit = '', digits = 2): Finding {
  return {
    what,
    measured: `${value.toFixed(digits)}${unit}`,
    promised: `at most ${most.toFixed(digits)}${unit}`,
    kept: value <= most,
  };
}

/** A markdown table. */
export function loadTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, measured, promised, kept }) => [what, measured, promised, MARK[`${kept}`]]);
  const head = ['load', 'measured', 'promised', ''];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
