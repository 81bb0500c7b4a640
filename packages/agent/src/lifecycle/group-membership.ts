import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingInstancesCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';

/** An instance as its Auto Scaling group knows it. */
export interface GroupMembership {
  readonly groupName: string;
  readonly launchTemplateVersion: string;
}

/** The user data cannot name the group (the group names the launch template that holds it), so the instance asks. */
export async function findGroup(client: AutoScalingClient, instanceId: string): Promise<GroupMembership> {
  const answer = await client.send(new DescribeAutoScalingInstancesCommand({ InstanceIds: [instanceId] }));
  const found = answer.AutoScalingInstances?.[0];
  if (!found?.AutoScalingGroupName)
    throw new Error(`instance ${instanceId} belongs to no Auto Scaling group`);
  return {
    groupName: found.AutoScalingGroupName,
    launchTemplateVersion: found.LaunchTemplate?.Version ?? 'none',
  };
}

export interface LifecycleAction {
  readonly client: AutoScalingClient;
  readonly groupName: string;
  readonly hookName: string;
  readonly instanceId: string;
}

/** Ends the wait of a hook. Returns false when there was none: after a reboot the instance has long been in service. */
export async function completeAction(
  action: LifecycleAction,
  result: 'CONTINUE' | 'ABANDON',
): Promise<boolean> {
  try {
    await action.client.send(
      new CompleteLifecycleActionCommand({ ...identify(action), LifecycleActionResult: result }),
    );
    return true;
  } catch (error) {
    if (isNoActiveAction(error)) return false;
    throw error;
  }
}

/** A third of the shortest timeout that a hook may have (30 s). */
const HEARTBEAT_MS = 10_000;

/** Keeps a hook waiting until disposed. A lost heartbeat is reported and not fatal: the next one comes. */
export function keepAlive(action: LifecycleAction, onError: (error: unknown) => void): Disposable {
  const timer = setInterval(() => {
    action.client
      .send(new RecordLifecycleActionHeartbeatCommand(identify(action)))
      .catch((error: unknown) => {
        if (!isNoActiveAction(error)) onError(error);
      });
  }, HEARTBEAT_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function identify(action: LifecycleAction) {
  return {
    AutoScalingGroupName: action.groupName,
    LifecycleHookName: action.hookName,
    InstanceId: action.instanceId,
  };
}

function isNoActiveAction(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationError' &&
    /No active Lifecycle Action/i.test(error.message)
  );
}
