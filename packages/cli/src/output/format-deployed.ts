import type { DeployResult } from '@pixtral-fleet/operator/deploy';
import { mark } from './mark.ts';

/** What was deployed, and what to do with it. Pure. */
export function formatDeployed(
  { outputs, stackStatus }: Extract<DeployResult, { ok: true }>,
  { stackName, region }: { readonly stackName: string; readonly region: string },
): string {
  return [
    `${mark('ok')} ${stackName} in ${region} is ${stackStatus}, verified by its own smoke tests`,
    '',
    `  endpoint  ${outputs.endpointUrl} (inside the VPC)`,
    `  model     ${outputs.servedModelName}`,
    `  API key   ${outputs.apiKeySecretArn}`,
    '',
    '  pixtral tunnel            reach it from this machine',
    '  pixtral status            instances, load, alarms',
    '  pixtral verify --in-vpc   check it again',
  ].join('\n');
}
