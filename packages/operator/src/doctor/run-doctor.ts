import { CHECKS } from './checks/index.ts';
import type { DoctorCheck, DoctorContext } from './doctor-check.ts';
import { explainFailure } from './explain-failure.ts';
import type { CheckReport, Finding } from './finding.ts';
import { skipped } from './finding.ts';

/** All checks in their order, whatever order they ended in. */
export interface DoctorReport {
  /** False when a check failed. Warnings and skipped checks leave it true. */
  readonly ok: boolean;
  readonly stackName: string;
  readonly region: string;
  /** 12 digits; undefined without credentials. */
  readonly account: string | undefined;
  readonly checks: readonly CheckReport[];
}

/** For one check, in milliseconds; they run at the same time. */
const CHECK_MS = 20_000;

export async function runDoctor(
  context: DoctorContext,
  options: { readonly onCheck?: (check: CheckReport) => void; readonly checkMs?: number } = {},
): Promise<DoctorReport> {
  const { onCheck, checkMs = CHECK_MS } = options;
  const checks = await Promise.all(
    CHECKS.map(async (check) => {
      const report = await runCheck(check, context, checkMs);
      onCheck?.(report);
      return report;
    }),
  );
  const account = await context.caller.then((caller) => caller.account).catch(() => undefined);
  return {
    ok: checks.every(({ verdict }) => verdict !== 'fail'),
    stackName: context.config.stackName,
    region: context.config.region,
    account,
    checks,
  };
}

async function runCheck(check: DoctorCheck, context: DoctorContext, checkMs: number): Promise<CheckReport> {
  const began = performance.now();
  const deadline = AbortSignal.timeout(checkMs);
  const signal = AbortSignal.any([context.signal, deadline]);
  const finding = await Promise.race([attempt(check, { ...context, signal }), rejectOn(signal)]).catch(
    (error: unknown) => explainFailure(error, check),
  );
  return { id: check.id, ...finding, ms: Math.round(performance.now() - began) };
}

async function attempt(check: DoctorCheck, context: DoctorContext): Promise<Finding> {
  if (check.needs === 'aws') {
    try {
      await context.caller;
    } catch {
      return skipped('not possible: see credentials');
    }
  }
  return check.run(context);
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
