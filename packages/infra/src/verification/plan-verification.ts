import type { BootReport } from '@pixtral-fleet/agent';

/** An instance as the group knows it. */
export interface ObservedInstance {
  readonly id: string;
  readonly lifecycleState: string;
  readonly launchTemplateVersion: string;
}

export interface Observation {
  readonly launchTemplateVersion: string;
  readonly desired: number;
  readonly instances: readonly ObservedInstance[];
  /** Reports of instances of this launch template version. */
  readonly reports: readonly BootReport[];
  readonly remainingMs: number;
}

export type VerificationStep =
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }
  /** Ask the fleet; these instances must answer. */
  | { readonly kind: 'check'; readonly instances: readonly string[] };

/** One instance may have bad luck (a broken GPU); a second one that fails tells of the version itself. */
const FAILURES_THAT_TELL = 2;

/** Time that the smoke tests need at the end. */
const CHECKS_MS = 120_000;

/** What to do next, from what is seen. */
export function planVerification(seen: Observation): VerificationStep {
  const failed = seen.reports.filter((report) => !report.ok);
  if (failed.length >= Math.max(FAILURES_THAT_TELL, Math.ceil(seen.desired / 2))) {
    return {
      kind: 'fail',
      reason: `${failed.length} instances did not come up. ${failed[0]?.instanceId}: ${failed[0]?.reason}`,
    };
  }
  const serving = seen.instances.filter(
    (instance) =>
      instance.lifecycleState === 'InService' &&
      instance.launchTemplateVersion === seen.launchTemplateVersion,
  );
  if (serving.length >= seen.desired) return { kind: 'check', instances: serving.map(({ id }) => id) };
  const progress = `${serving.length} of ${seen.desired} instances of version ${seen.launchTemplateVersion} are in service`;
  if (seen.remainingMs > CHECKS_MS) return { kind: 'wait', reason: progress };
  const states =
    seen.instances.map((instance) => `${instance.id} ${instance.lifecycleState}`).join(', ') ||
    'none was launched';
  return {
    kind: 'fail',
    reason:
      `${progress} when the time was over (${states}). Quota, capacity or files? ${failed[0]?.reason ?? ''}`.trim(),
  };
}
