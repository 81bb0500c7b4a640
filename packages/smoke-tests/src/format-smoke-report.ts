import type { CheckResult, SmokeReport } from './smoke-report.ts';

/** The report as a table for people: result, check, milliseconds, evidence; under a failed check what to do. */
export function formatSmokeReport({ endpoint, model, ok, ms, checks }: SmokeReport): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const msWidth = Math.max(...checks.map((check) => millisecondsOf(check).length));
  const passed = checks.filter((check) => check.ok).length;
  const lines = checks.flatMap((check) => {
    const columns = [
      check.ok ? 'ok    ' : 'FAILED',
      check.name.padEnd(nameWidth),
      millisecondsOf(check).padStart(msWidth),
      check.evidence,
    ];
    const advice = check.advice ? [`${' '.repeat('FAILED'.length + 2)}→ ${check.advice}`] : [];
    return [columns.join('  '), ...advice];
  });
  const verdict = ok ? `all ${checks.length} checks passed` : `${passed} of ${checks.length} checks passed`;
  return [`${model} at ${endpoint}`, ...lines, `${verdict} in ${(ms / 1000).toFixed(1)} s`].join('\n');
}

function millisecondsOf({ ms }: CheckResult): string {
  return `${ms} ms`;
}
