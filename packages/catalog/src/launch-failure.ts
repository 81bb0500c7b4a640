/** Why EC2 would not launch an instance: what to tell, and what to do about it. */
export interface LaunchFailure {
  readonly kind: 'quota' | 'spot-quota' | 'capacity' | 'zone' | 'image' | 'permission' | 'other';
  /** One sentence without a full stop. */
  readonly cause: string;
  /** What to do, as a sentence without a full stop. */
  readonly remedy: string;
  /** Whether waiting may help: capacity comes back, a quota does not. */
  readonly mayPass: boolean;
}

/** Quotas of Service Quotas, counted in vCPUs, for the whole region. */
const G_QUOTA = 'L-DB2E81BA';
const G_SPOT_QUOTA = 'L-3819A6DF';

interface Rule {
  readonly kind: LaunchFailure['kind'];
  readonly pattern: RegExp;
  readonly mayPass?: boolean;
  explain(match: RegExpExecArray): { readonly cause: string; readonly remedy: string };
}

/** EC2's error codes and sentences as scaling activities carry them (StatusMessage). */
const RULES: readonly Rule[] = [
  {
    kind: 'spot-quota',
    pattern: /MaxSpotInstanceCountExceeded|Max spot instance count exceeded/i,
    explain: () => ({
      cause: 'the quota for Spot G instances is used up',
      remedy: `ask for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${G_SPOT_QUOTA} --desired-value VCPUS`,
    }),
  },
  {
    kind: 'quota',
    pattern: /VcpuLimitExceeded(?:.*?vCPU limit of (\d+))?/s,
    explain: ([, limit]) => ({
      cause: `the account's quota for G instances (${limit === undefined ? 'in vCPUs' : `${limit} vCPUs`}) has no room for another one`,
      remedy: `ask for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${G_QUOTA} --desired-value VCPUS`,
    }),
  },
  {
    kind: 'zone',
    pattern: /instance type \((\S+)\) is not supported in your requested Availability Zone \((\S+?)\)/i,
    explain: ([, type, zone]) => ({
      cause: `${zone} does not offer ${type}`,
      remedy: 'choose zones that offer one of the instance types (network.availabilityZones), or other types',
    }),
  },
  {
    kind: 'capacity',
    mayPass: true,
    pattern:
      /InsufficientInstanceCapacity(?:.*?sufficient (\S+) capacity in the Availability Zone you requested \((\S+?)\))?/s,
    explain: ([, type, zone]) => ({
      cause: `AWS has no ${type ?? 'instance'} left${zone === undefined ? '' : ` in ${zone}`}`,
      remedy: 'name more instance types or zones, reserve capacity, or deploy again later',
    }),
  },
  {
    kind: 'image',
    pattern: /InvalidAMIID\.(?:NotFound|Unavailable|Malformed)/,
    explain: () => ({
      cause: 'the machine image does not exist in this region',
      remedy:
        'refresh it (remove its entry from cdk.context.json and deploy again), or name your own (instance.amiId)',
    }),
  },
  {
    kind: 'permission',
    pattern: /UnauthorizedOperation|AccessDenied|Client\.InternalError/,
    explain: () => ({
      cause: 'Auto Scaling is not allowed to launch the instance',
      remedy:
        'see whether a service control policy, a permission boundary or the key of the encrypted volume forbids it',
    }),
  },
];

/** Explains the status message of a launch that failed. Words that are not known are passed on. */
export function explainLaunchFailure(statusMessage: string): LaunchFailure {
  for (const { kind, pattern, mayPass = false, explain } of RULES) {
    const match = pattern.exec(statusMessage);
    if (match) return { kind, mayPass, ...explain(match) };
  }
  const cause = statusMessage.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
  return {
    kind: 'other',
    cause: cause === '' ? 'EC2 gave no reason' : cause,
    remedy: "read the group's scaling activities: aws autoscaling describe-scaling-activities",
    mayPass: true,
  };
}
