import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';

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

const POLL_MS = 1_000;

/**
 * Completes a hook that may not be waiting yet: the group takes an instance out of the balancer first, and only when the
 * balancer has let go of it (deregistration delay) does the terminate hook begin to wait. Completed too early it would
 * wait for its whole timeout afterwards, with an idle GPU. A call that fails (throttled, no connection) is made again.
 * @param options.onError told of the first such failure
 * @returns false when it did not begin to wait in time, or when the signal aborted
 */
export async function completeWhenWaiting(
  action: LifecycleAction,
  options: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly onError: (error: unknown) => void;
  },
): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  for (let failures = 0; ; ) {
    try {
      if (await completeAction(action, 'CONTINUE')) return true;
    } catch (error) {
      if (failures++ === 0) options.onError(error);
    }
    if (options.signal.aborted || performance.now() > deadline) return false;
    await sleep(POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/**
 * Completes a hook that waits now, if one does: nobody has said that one will.
 * @param onError told when nobody could be told, after all the attempts of the client
 * @returns false then, and when none waits
 */
export async function finishWaiting(
  action: LifecycleAction,
  onError: (error: unknown) => void,
): Promise<boolean> {
  try {
    return await completeAction(action, 'CONTINUE');
  } catch (error) {
    onError(error);
    return false;
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
