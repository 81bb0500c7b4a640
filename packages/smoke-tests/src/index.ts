export type { Check, CheckContext } from './check.ts';
export { CHECKS } from './checks/index.ts';
export { describeFailedChecks } from './describe-failed-checks.ts';
export { CouldNotRunError } from './errors.ts';
export { formatSmokeReport } from './format-smoke-report.ts';
export { type RunChecksOptions, runChecks } from './run-checks.ts';
export type { CheckResult, SmokeReport } from './smoke-report.ts';
