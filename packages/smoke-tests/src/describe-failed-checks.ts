import type { SmokeReport } from './smoke-report.ts';

/** Which checks failed and what they saw, in one line: for an error message or a stack's event. */
export function describeFailedChecks(report: SmokeReport): string {
  const failed = report.checks.filter((check) => !check.ok);
  const reasons = failed.map((check) => `${check.name} (${check.evidence})`).join('; ');
  return `${failed.length} of ${report.checks.length} smoke checks failed: ${reasons}`;
}
