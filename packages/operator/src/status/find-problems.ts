import { explainLaunchFailure } from '@pixtral-fleet/catalog';
import { type FleetStatus, isRefreshing } from './fleet-status.ts';

/** What is not as it should be, the worst first. Pure. */
export function findProblems(seen: Omit<FleetStatus, 'ok' | 'problems' | 'version'>): readonly string[] {
  return [
    ...stackProblems(seen.stack),
    ...serviceProblems(seen),
    ...seen.instances
      .filter(({ reason }) => reason !== undefined)
      .map(({ id, reason }) => `${id}: ${reason}`),
    ...launchProblems(seen),
    ...seen.instances
      .filter(({ spotNotice }) => spotNotice)
      .map(({ id }) => `${id}: AWS takes this Spot instance back within two minutes`),
    ...versionProblems(seen),
    ...seen.alarms.map(({ name, reason }) => `alarm ${name}${reason === undefined ? '' : `: ${reason}`}`),
  ];
}

function stackProblems({ status, reason }: FleetStatus['stack']): readonly string[] {
  if (!/FAILED|ROLLBACK/.test(status)) return [];
  const advice = {
    UPDATE_ROLLBACK_FAILED: 'run "pixtral rollback"',
    ROLLBACK_COMPLETE: 'nothing was deployed; deploy again',
    UPDATE_ROLLBACK_COMPLETE: 'the version before it serves; see why with "pixtral logs --verification"',
    DELETE_FAILED: 'run "pixtral destroy" again',
  }[status];
  return [`stack is ${status}${reason ? ` (${reason})` : ''}${advice === undefined ? '' : `: ${advice}`}`];
}

function serviceProblems({ group, instances }: Pick<FleetStatus, 'group' | 'instances'>): readonly string[] {
  if (!group) return [];
  const serving = instances.filter(
    ({ lifecycleState, targetHealth }) =>
      lifecycleState === 'InService' && (targetHealth ?? 'healthy') === 'healthy',
  ).length;
  if (group.desired === 0) return ['the group is asked for no instance: nothing serves'];
  if (serving >= group.desired) return [];
  return [`${serving} of ${group.desired} instances serve`];
}

/** Launches that EC2 has refused since it last granted one. */
function launchProblems({ activities }: Pick<FleetStatus, 'activities'>): readonly string[] {
  const launches = activities.filter(({ description }) => description.startsWith('Launching'));
  const [newest] = launches;
  if (newest?.status !== 'Failed') return [];
  const { cause, remedy } = explainLaunchFailure(newest.message ?? '');
  return [`launches are refused: ${cause}; ${remedy}`];
}

function versionProblems(
  seen: Pick<FleetStatus, 'group' | 'instances' | 'refresh' | 'stack'>,
): readonly string[] {
  const outdated = seen.instances.filter(
    ({ current, lifecycleState }) => !current && lifecycleState === 'InService',
  );
  if (outdated.length === 0 || isRefreshing(seen.refresh) || seen.stack.status.endsWith('_IN_PROGRESS')) {
    return [];
  }
  const ids = outdated
    .map(({ id, launchTemplateVersion }) => `${id} has ${launchTemplateVersion}`)
    .join(', ');
  return [
    `not of the launch template's version ${seen.group?.launchTemplateVersion} (${ids}), and no refresh is running: deploy again`,
  ];
}
