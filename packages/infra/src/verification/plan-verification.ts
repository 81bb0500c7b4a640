import type { BootReport } from '@pixtral-fleet/agent';
import { explainLaunchFailure, type LaunchFailure } from '@pixtral-fleet/catalog';

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
  /** Status messages of launches that EC2 refused since the version came, newest first. */
  readonly refusedLaunches: readonly string[];
  readonly remainingMs: number;
}

export type VerificationStep =
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }
  /** There is nobody to ask, and nobody is wanted. */
  | { readonly kind: 'asleep' }
  /** Ask the fleet; these instances must answer. */
  | { readonly kind: 'check'; readonly instances: readonly string[] };

/** One instance may have bad luck (a broken GPU); a second one that fails tells of the version itself. */
const FAILURES_THAT_TELL = 2;

/** A group tries one type after the other; by then it has tried those that most configs name. */
const REFUSALS_THAT_TELL = 3;

/** Time that the smoke tests need at the end. */
const CHECKS_MS = 120_000;

/** What to do next, from what is seen. */
export function planVerification(seen: Observation): VerificationStep {
  if (seen.desired === 0) return { kind: 'asleep' };
  const hopeless = findHopeless(seen);
  if (hopeless) return { kind: 'fail', reason: hopeless };
  const serving = seen.instances.filter(
    (instance) =>
      instance.lifecycleState === 'InService' &&
      instance.launchTemplateVersion === seen.launchTemplateVersion,
  );
  if (serving.length >= seen.desired) return { kind: 'check', instances: serving.map(({ id }) => id) };
  const progress = `${serving.length} of ${seen.desired} instances of version ${seen.launchTemplateVersion} are in service`;
  if (seen.remainingMs > CHECKS_MS) return { kind: 'wait', reason: progress };
  return { kind: 'fail', reason: explainTimeout(seen, progress) };
}

/** Why waiting makes no sense any more, cause first; undefined as long as the version may still come up. */
function findHopeless(
  seen: Pick<Observation, 'desired' | 'instances' | 'reports' | 'refusedLaunches' | 'launchTemplateVersion'>,
): string | undefined {
  const failed = seen.reports.filter((report) => !report.ok);
  if (failed.length >= Math.max(FAILURES_THAT_TELL, Math.ceil(seen.desired / 2))) {
    return `${failed[0]?.reason} (${failed[0]?.instanceId}; ${failed.length} instances did not come up)`;
  }
  const alive = seen.instances.some(
    (instance) => instance.launchTemplateVersion === seen.launchTemplateVersion,
  );
  const refusals = seen.refusedLaunches.map(explainLaunchFailure);
  const lasting = refusals.find(({ mayPass }) => !mayPass);
  if (alive || !lasting || refusals.length < REFUSALS_THAT_TELL) return undefined;
  return tell(lasting, seen.refusedLaunches.length);
}

function explainTimeout(seen: Observation, progress: string): string {
  const failed = seen.reports.find((report) => !report.ok);
  const refused = seen.refusedLaunches[0];
  const states =
    seen.instances.map((instance) => `${instance.id} ${instance.lifecycleState}`).join(', ') ||
    'none was launched';
  const late = `${progress} when the time was over (${states})`;
  if (failed) return `${failed.reason} (${failed.instanceId}); ${late}`;
  if (refused !== undefined)
    return `${tell(explainLaunchFailure(refused), seen.refusedLaunches.length)}; ${late}`;
  return `${late}: read the instances' logs for the step that takes so long`;
}

function tell({ cause, remedy }: LaunchFailure, times: number): string {
  return `${cause}: ${remedy} (${times} ${times === 1 ? 'launch' : 'launches'} refused)`;
}
