import type { StackResource } from '../fleet/find-stack.ts';

/** What deleting the stack leaves, and what it costs to leave it. */
export interface KeptResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

export interface DestroyPlan {
  /** Kind in plain words, and how many; the most costly kinds first, then by number. */
  readonly deleted: readonly { readonly kind: string; readonly count: number }[];
  /** What the config keeps (`removal: 'retain'`). */
  readonly kept: readonly KeptResource[];
  /** Log groups of the stack's functions and builds, which their last lines may make anew; deleted too. */
  readonly logGroups: readonly string[];
}

/** Kinds that people look for in the list, in the order in which they cost. */
const KINDS: readonly (readonly [type: string, kind: string])[] = [
  ['AWS::AutoScaling::AutoScalingGroup', 'Auto Scaling group with its instances'],
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'load balancer'],
  ['AWS::EC2::NatGateway', 'NAT gateway'],
  ['AWS::EC2::VPCEndpoint', 'VPC endpoint'],
  ['AWS::S3::Bucket', 'bucket with everything in it'],
  ['AWS::SecretsManager::Secret', 'secret'],
  ['AWS::Logs::LogGroup', 'log group'],
  ['AWS::CloudWatch::Alarm', 'alarm'],
  ['AWS::EC2::VPC', 'VPC'],
];

/** What deleting a stack means, from its resources and its template. Pure. */
export function planDestroy(resources: readonly StackResource[], template: string): DestroyPlan {
  const retained = retainedIds(template);
  const present = resources.filter(
    ({ status, physicalId }) => physicalId !== '' && !status.startsWith('DELETE_COMPLETE'),
  );
  const kept = present
    .filter(({ logicalId }) => retained.has(logicalId))
    .map(({ logicalId, type, physicalId }) => ({ logicalId, type, physicalId }));
  const gone = present.filter(({ logicalId }) => !retained.has(logicalId));
  const named = KINDS.flatMap(([type, kind]) => {
    const count = gone.filter((resource) => resource.type === type).length;
    return count > 0 ? [{ kind, count }] : [];
  });
  const others = gone.length - named.reduce((sum, { count }) => sum + count, 0);
  return {
    deleted: [...named, ...(others > 0 ? [{ kind: 'other resources', count: others }] : [])],
    kept,
    logGroups: logGroupsOf(gone),
  };
}

function retainedIds(template: string): ReadonlySet<string> {
  const parsed: unknown = JSON.parse(template);
  const resources: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'Resources') : {};
  const retained = Object.entries(resources ?? {}).filter(
    ([, resource]) =>
      typeof resource === 'object' &&
      resource !== null &&
      ['Retain', 'RetainExceptOnCreate'].includes(Reflect.get(resource, 'DeletionPolicy')),
  );
  return new Set(retained.map(([logicalId]) => logicalId));
}

/**
 * Lambda and CodeBuild make a log group at the first line when there is none, and nothing else deletes it: one that the
 * template does not name, and one that the stack has just deleted when the function's last lines arrive after that.
 */
function logGroupsOf(resources: readonly StackResource[]): readonly string[] {
  return resources.flatMap(({ type, physicalId }) => {
    if (type === 'AWS::Lambda::Function') return [`/aws/lambda/${physicalId}`];
    if (type === 'AWS::Logs::LogGroup') return [physicalId];
    if (type === 'AWS::CodeBuild::Project') return [`/aws/codebuild/${physicalId}`];
    return [];
  });
}
