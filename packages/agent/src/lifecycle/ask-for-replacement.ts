import { SetInstanceHealthCommand } from '@aws-sdk/client-auto-scaling';
import type { LifecycleAction } from './lifecycle-action.ts';

/**
 * Tells the group that this instance cannot serve any more: it is ended, and another one launched. Nobody else does:
 * the group does not go by the balancer's checks (docs/decisions/0008).
 */
export async function askForReplacement({
  client,
  instanceId,
}: Pick<LifecycleAction, 'client' | 'instanceId'>): Promise<void> {
  await client.send(
    new SetInstanceHealthCommand({
      InstanceId: instanceId,
      HealthStatus: 'Unhealthy',
      ShouldRespectGracePeriod: false,
    }),
  );
}
