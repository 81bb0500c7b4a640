import { ACCEPTED_DIFFERENCES, judge, type Verdict } from './accepted-differences.ts';
import type { Difference } from './compare-json.ts';
import { GROUPS } from './groups.ts';
import { RECORDED_VERSION } from './recording.ts';
import type { Outcome } from './run-suite.ts';

export interface FormatOptions {
  /** A running server answered, and not simulators. */
  readonly live: boolean;
}

/** A row for each group and one for all, as Markdown. */
export function formatTable(outcomes: readonly Outcome[], options: FormatOptions): string {
  const rows = Object.entries(GROUPS).map(([group, title]) => ({
    title,
    verdicts: outcomes.filter(({ recording }) => recording.group === group).map((one) => judge(one, options)),
  }));
  const all = rows.flatMap(({ verdicts }) => verdicts);
  const lines = [...rows, { title: '**all**', verdicts: all }]
    .filter(({ verdicts }) => verdicts.length > 0)
    .map(({ title, verdicts }) => {
      const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
      const others = count('differs') + count('stale');
      return `| ${title} | ${verdicts.length} | ${count('agrees')} | ${count('accepted')} | ${others} |`;
    });
  return ['| group | recordings | agree | accepted | differ |', '|---|--:|--:|--:|--:|', ...lines].join('\n');
}

/** Recordings with one reason share a row. */
function formatAccepted(): string {
  const byReason = Map.groupBy(Object.entries(ACCEPTED_DIFFERENCES), ([, reason]) => reason);
  const lines = [...byReason].map(
    ([reason, entries]) => `| ${entries.map(([id]) => id).join(', ')} | ${reason} |`,
  );
  return ['| recordings | why the simulator differs |', '|---|---|', ...lines].join('\n');
}

/** What is generated in docs/conformance.md. */
export function formatDocument(outcomes: readonly Outcome[]): string {
  const heading = `Against vLLM ${RECORDED_VERSION}:`;
  return [heading, '', formatTable(outcomes, { live: false }), '', formatAccepted()].join('\n');
}

/** What fails the suite, one paragraph for each recording. */
export function formatFailures(outcomes: readonly Outcome[], options: FormatOptions): string {
  return outcomes.flatMap((outcome) => formatFailure(outcome, options)).join('\n\n');
}

function formatFailure(outcome: Outcome, options: FormatOptions): readonly string[] {
  const { recording, differences } = outcome;
  const heading = `${recording.id}: ${recording.title}`;
  switch (judge(outcome, options)) {
    case 'stale':
      return [`${heading}\n  agrees by now: remove its entry from accepted-differences.ts`];
    case 'differs':
      return [[heading, ...differences.map(formatDifference)].join('\n')];
    default:
      return [];
  }
}

const LONGEST_VALUE = 300;

/** Three lines: where, what was recorded, what came. */
export function formatDifference({ where, recorded, got }: Difference): string {
  const show = (value: unknown) => {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  };
  return `  ${where}\n    recorded ${show(recorded)}\n    got      ${show(got)}`;
}
