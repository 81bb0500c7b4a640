import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import type { DoctorCheck, DoctorContext } from '../doctor-check.ts';
import { type Finding, fail, ok, skipped, warn } from '../finding.ts';
import { countRunningVcpus } from '../running-vcpus.ts';
import { type VcpuNeed, vcpuNeed } from '../vcpu-need.ts';

interface Quota {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: 'onDemand' | 'spot';
}

const ACTIONS = [
  'servicequotas:GetServiceQuota',
  'servicequotas:GetAWSDefaultServiceQuota',
  'ec2:DescribeInstances',
];

export const onDemandQuota: DoctorCheck = quotaCheck({
  id: 'quota-on-demand',
  code: 'L-DB2E81BA',
  name: 'Running On-Demand G and VT instances',
  kind: 'onDemand',
});

export const spotQuota: DoctorCheck = quotaCheck({
  id: 'quota-spot',
  code: 'L-3819A6DF',
  name: 'All G and VT Spot Instance Requests',
  kind: 'spot',
});

/** Both are in vCPUs, of a region and not of an instance type; new accounts often have 0. */
function quotaCheck(quota: Quota): DoctorCheck {
  return {
    id: quota.id,
    needs: 'aws',
    actions: ACTIONS,
    run: async (context) => {
      const { config } = context;
      if (quota.kind === 'spot' && !config.capacity.spot)
        return skipped('not needed: capacity.spot is not set');
      const need = vcpuNeed(config)[quota.kind];
      const [value, running] = await Promise.all([readQuota(quota, context), readRunning(quota, context)]);
      return judge(quota, { value, running, need, region: config.region });
    },
  };
}

function judge(
  quota: Quota,
  {
    value,
    running,
    need,
    region,
  }: {
    readonly value: number;
    readonly running: number;
    readonly need: VcpuNeed;
    readonly region: string;
  },
): Finding {
  const found =
    `${quota.code} (${quota.name}) is ${value} vCPUs in ${region}; others run ${running}; ` +
    `the fleet needs ${need.desired} at first, ${need.update} during an update, ${need.max} at most`;
  const most = running + Math.max(need.desired, need.update, need.max);
  const remedy = `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${quota.code} --desired-value ${most} --region ${region}`;
  const left = value - running;
  if (left < need.desired) return fail(`${found}: no instance beyond ${left} vCPUs would start`, remedy);
  if (left < need.update) {
    return warn(
      `${found}: an update could not launch before it terminates`,
      `${remedy}; or capacity.updateStrategy: 'terminate-first'`,
    );
  }
  if (left < need.max) return warn(`${found}: scaling would end below max`, remedy);
  return ok(found);
}

async function readQuota({ code }: Quota, { clients, signal }: DoctorContext): Promise<number> {
  const input = { ServiceCode: 'ec2', QuotaCode: code };
  try {
    const answer = await clients.serviceQuotas.send(new GetServiceQuotaCommand(input), {
      abortSignal: signal,
    });
    return requireValue(answer.Quota);
  } catch (error) {
    // A quota that was never changed may only be known as AWS's default.
    if (!(error instanceof NoSuchResourceException)) throw error;
    const answer = await clients.serviceQuotas.send(new GetAWSDefaultServiceQuotaCommand(input), {
      abortSignal: signal,
    });
    return requireValue(answer.Quota);
  }
}

function requireValue(quota: ServiceQuota | undefined): number {
  if (quota?.Value === undefined) throw new Error('Service Quotas answered without a value');
  return quota.Value;
}

async function readRunning({ kind }: Quota, { clients, config, signal }: DoctorContext): Promise<number> {
  const running = await countRunningVcpus(clients.ec2, { stackName: config.stackName, signal });
  return running[kind];
}
