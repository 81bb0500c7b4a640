import { stripVTControlCharacters } from 'node:util';
import { formatDuration } from './format-duration.ts';
import type { RehearsalReport } from './rehearsal-report.ts';

/** The report for a terminal: plain text, lines of at most about 120 characters, no colours. */
export function formatReportTable(report: RehearsalReport): string {
  const sections = [
    table(
      ['step', 'time'],
      report.phases.map(({ name, ms, ok }) => [ok, name, formatDuration(ms)]),
    ),
    table(['instance', 'boot', 'gate'], report.instances.map(instanceRow)),
    table(
      ['check', 'time', 'evidence'],
      report.checks.map(({ name, ok, ms, evidence }) => [ok, name, formatDuration(ms), shorten(evidence)]),
    ),
    summary(report),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

type Row = readonly [ok: boolean, ...cells: readonly string[]];

const MAX_EVIDENCE = 70;

function instanceRow({ id, phases, gate, passed }: RehearsalReport['instances'][number]): Row {
  const right = gate.filter(({ ok }) => ok).length;
  const boot = phases.reduce((sum, { ms }) => sum + ms, 0);
  const verdict = gate.length === 0 ? 'never asked' : `${right} of ${gate.length} pictures right`;
  return [passed, id, boot === 0 ? '-' : formatDuration(boot), verdict];
}

function summary({ ok, drill, update, template, leftovers, model }: RehearsalReport): string {
  const lines: string[] = [];
  if (drill.streams > 0) {
    const done = update
      ? `${update.replaced} replaced${update.rolledBack ? ', rolled back' : ''}`
      : `${drill.terminations} terminated`;
    lines.push(
      `${(update ? 'update' : 'drill').padEnd(9)} ${drill.streams} streams: ${drill.completed} completed, ${drill.erroredClearly} ended in a clear error, ` +
        `${drill.truncatedSilently} cut silently; ${done}`,
    );
  }
  lines.push(`stack     ${template.resources} resources, ${model}`);
  lines.push(`left over ${leftovers.length === 0 ? 'nothing' : leftovers.map(clean).join(', ')}`);
  lines.push(`result    ${ok ? '✓ passed' : '✗ failed'}`);
  return lines.join('\n');
}

/** Empty without rows. The last column is not padded. */
function table(head: readonly string[], rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const cells = [head, ...rows.map(([, ...rest]) => rest.map(clean))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const marks = [' ', ...rows.map(([ok]) => (ok ? '✓' : '✗'))];
  return cells
    .map((row, at) =>
      `${marks[at]} ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    )
    .join('\n');
}

function shorten(text: string): string {
  const one = clean(text);
  return one.length <= MAX_EVIDENCE ? one : `${one.slice(0, MAX_EVIDENCE - 1)}…`;
}

/** Text from outside must not move the cursor or break the table. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
