import {
  CompleteLifecycleActionCommand,
  DescribeInstanceRefreshesCommand,
  DescribeLifecycleHooksCommand,
  SetDesiredCapacityCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { ChaosInstance } from '../chaos-instance.ts';
import { type Act, isInGroup, type Stage, until, victimOf } from './stage.ts';

/** What EC2 gives a Spot instance. */
const SPOT_NOTICE_MS = 120_000;

export const scaleIn: Act = async (stage, { mark }) => {
  const { wanted } = stage;
  await setDesired(stage, wanted - 1);
  mark(`the group is asked for ${wanted - 1} instances`);
  await until(stage, 'the group did not become smaller', () => {
    skipDrainsIfMutant(stage);
    return (stage.cloud.fleet.group?.instances.length ?? wanted) < wanted;
  });
  mark('one instance is gone');
  await setDesired(stage, wanted);
};

export const refresh: Act = async (stage, { mark }) => {
  const { autoScaling } = stage.cloud.clients;
  const named = { AutoScalingGroupName: stage.groupName };
  await autoScaling.send(
    new StartInstanceRefreshCommand({
      ...named,
      Preferences: {
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 110,
        InstanceWarmup: 0,
        SkipMatching: false,
      },
    }),
  );
  mark('the refresh begins');
  let left: number | undefined;
  await until(stage, 'the refresh did not come to its end', async () => {
    skipDrainsIfMutant(stage);
    const { InstanceRefreshes: [latest] = [] } = await autoScaling.send(
      new DescribeInstanceRefreshesCommand(named),
    );
    if (latest?.InstancesToUpdate !== left) mark(`${latest?.InstancesToUpdate} instances left`);
    left = latest?.InstancesToUpdate;
    if (latest?.Status === 'Failed' || latest?.Status === 'Cancelled') {
      throw new Error(`the refresh ended as ${latest.Status}: ${latest.StatusReason}`);
    }
    return latest?.Status === 'Successful';
  });
};

export const spot: Act = async (stage, happening) => {
  const victim = victimOf(happening);
  const noticed = performance.now();
  victim.spotNotice = { action: 'terminate', time: new Date(Date.now() + SPOT_NOTICE_MS) };
  happening.mark('the notice');
  await until(stage, `the agent of ${victim.id} did not leave`, () => {
    return (
      stage.mutant === 'no-drain' ||
      victim.exitCode !== undefined ||
      performance.now() - noticed > SPOT_NOTICE_MS
    );
  });
  happening.mark('the agent has left; EC2 takes the instance');
  await victim.powerOff(0);
  await groupNotices(stage, victim);
};

/** With capacity rebalancing the group launches first, and terminates when the other one serves. */
export const rebalance: Act = async (stage, happening) => {
  const { wanted, cloud } = stage;
  const victim = victimOf(happening);
  victim.rebalanceRecommendation = new Date();
  happening.mark('the recommendation');
  await setDesired(stage, wanted + 1);
  await until(stage, 'the group did not launch another instance', () => {
    // An agent that leaves by itself at the recommendation is made up for as well.
    return cloud.fleet.inService().filter(({ id }) => id !== victim.id).length >= wanted;
  });
  happening.mark('another instance is in service');
  if (isInGroup(stage, victim.id)) await terminate(stage, victim, true);
  await untilGone(stage, victim);
  await setDesired(stage, wanted);
};

export const sigterm: Act = async (stage, happening) => {
  happening.mark(`${endSignal(stage)} for the agent`);
  await victimOf(happening).restartAgent(endSignal(stage));
  happening.mark('the agent has ended, and is started again');
};

export const reboot: Act = async (stage, happening) => {
  happening.mark(`${endSignal(stage)} for the agent`);
  await victimOf(happening).reboot(endSignal(stage));
  happening.mark('the machine is up again');
};

/** `TerminateInstanceInAutoScalingGroup`, and the end of the instance. */
export async function terminate(stage: Stage, victim: ChaosInstance, shrink: boolean): Promise<void> {
  await stage.cloud.clients.autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: victim.id,
      ShouldDecrementDesiredCapacity: shrink,
    }),
  );
}

export function untilGone(stage: Stage, victim: ChaosInstance): Promise<void> {
  return until(stage, `${victim.id} did not leave the group`, () => {
    skipDrainsIfMutant(stage);
    return !isInGroup(stage, victim.id);
  });
}

/** Nobody is left to complete its hook: on AWS that takes the hook's timeout, which changes nothing for the streams. */
async function groupNotices(stage: Stage, victim: ChaosInstance): Promise<void> {
  if (!isInGroup(stage, victim.id)) return;
  await stage.cloud.clients.autoScaling.send(
    new SetInstanceHealthCommand({
      InstanceId: victim.id,
      HealthStatus: 'Unhealthy',
      ShouldRespectGracePeriod: false,
    }),
  );
  await completeHook(stage, victim.id);
  await untilGone(stage, victim);
}

/** The mutant: instances are ended as soon as they are to go. */
function skipDrainsIfMutant(stage: Stage): void {
  if (stage.mutant !== 'no-drain') return;
  for (const { id, lifecycleState } of stage.cloud.fleet.group?.instances ?? []) {
    if (lifecycleState === 'Terminating:Wait') void completeHook(stage, id);
  }
}

async function completeHook({ cloud, groupName }: Stage, id: string): Promise<void> {
  const { autoScaling } = cloud.clients;
  const { LifecycleHooks = [] } = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName: groupName }),
  );
  const hook = LifecycleHooks.find(({ LifecycleTransition }) => LifecycleTransition?.endsWith('TERMINATING'));
  try {
    await autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: groupName,
        LifecycleHookName: hook?.LifecycleHookName,
        InstanceId: id,
        LifecycleActionResult: 'CONTINUE',
      }),
    );
  } catch (error) {
    // The agent was faster.
    if (!(error instanceof Error && /No active Lifecycle Action/i.test(error.message))) throw error;
  }
}

async function setDesired({ cloud, groupName }: Stage, desired: number): Promise<void> {
  await cloud.clients.autoScaling.send(
    new SetDesiredCapacityCommand({ AutoScalingGroupName: groupName, DesiredCapacity: desired }),
  );
}

function endSignal({ mutant }: Stage): NodeJS.Signals {
  return mutant === 'no-drain' ? 'SIGKILL' : 'SIGTERM';
}
