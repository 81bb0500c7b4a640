import { runChecks } from '@pixtral-fleet/smoke-tests';
import type { DirectAnswer } from './direct-invocation.ts';
import { observeGroup } from './observe-fleet.ts';
import type { FleetAccess } from './verify-fleet.ts';

/** Asks whatever is in service at this moment, of any launch template version; waits for nothing. */
export async function verifyNow(fleet: FleetAccess): Promise<DirectAnswer> {
  const { desired, instances } = await observeGroup(fleet.clients.autoScaling, fleet.names.autoScalingGroup);
  const serving = instances
    .filter(({ lifecycleState }) => lifecycleState === 'InService')
    .map(({ id }) => id);
  if (serving.length === 0) {
    const states = instances.map(({ id, lifecycleState }) => `${id} ${lifecycleState}`).join(', ') || 'none';
    return {
      kind: 'could-not-run',
      reason: `no instance is in service, ${desired} are desired (instances: ${states})`,
    };
  }
  const report = await runChecks({
    baseUrl: fleet.endpointUrl,
    apiKey: fleet.apiKey,
    model: fleet.servedModelName,
    expectedInstances: serving,
  });
  return { kind: 'report', instances: serving, report };
}
