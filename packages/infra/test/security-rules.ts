import type { Template } from 'aws-cdk-lib/assertions';

export interface SecurityRule {
  readonly direction: 'in' | 'out';
  /** Description of the group that has the rule. */
  readonly group: string;
  readonly port: number;
  /** A CIDR block, or the description of a group; `vpc` for the VPC's own range. */
  readonly peer: string;
}

/** Every rule of the template's security groups, those of their own included; the CDK's "no egress" is none. */
export function listSecurityRules(template: Template): readonly SecurityRule[] {
  const groups = template.findResources('AWS::EC2::SecurityGroup');
  const nameOf = (reference: unknown): string => {
    const [id = ''] = (reference as { 'Fn::GetAtt'?: string[] })?.['Fn::GetAtt'] ?? [];
    return groups[id]?.Properties.GroupDescription ?? String(reference);
  };
  const peerOf = (rule: Record<string, unknown>): string => {
    const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
    if (group !== undefined) return nameOf(group);
    return typeof rule.CidrIp === 'string' ? rule.CidrIp : 'vpc';
  };
  const toRule = (direction: 'in' | 'out', group: string, rule: Record<string, unknown>): SecurityRule => ({
    direction,
    group,
    port: Number(rule.FromPort),
    peer: peerOf(rule),
  });
  const inline = Object.values(groups).flatMap(({ Properties: group }) => [
    ...(group.SecurityGroupIngress ?? []).map((rule: Record<string, unknown>) =>
      toRule('in', group.GroupDescription, rule),
    ),
    ...(group.SecurityGroupEgress ?? []).map((rule: Record<string, unknown>) =>
      toRule('out', group.GroupDescription, rule),
    ),
  ]);
  const own = (['Ingress', 'Egress'] as const).flatMap((kind) =>
    Object.values(template.findResources(`AWS::EC2::SecurityGroup${kind}`)).map(({ Properties: rule }) =>
      toRule(kind === 'Ingress' ? 'in' : 'out', nameOf(rule.GroupId), rule),
    ),
  );
  return [...inline, ...own].filter(({ peer }) => peer !== '255.255.255.255/32');
}

/** Rules as text, sorted: `in  Pixtral instances 8080 Pixtral load balancer`. */
export function describeSecurityRules(template: Template): readonly string[] {
  return listSecurityRules(template)
    .map(({ direction, group, port, peer }) => `${group} ${direction} ${port} ${peer}`)
    .toSorted();
}
