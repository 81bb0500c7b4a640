import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { ResolvedNetwork } from '../config/index.ts';

export interface RecordProps {
  readonly domain: NonNullable<ResolvedNetwork['domain']>;
  readonly vpc: ec2.IVpc;
  readonly balancer: elb.ApplicationLoadBalancer;
}

/** The balancer's name in a private zone, which is made unless there is one; nothing where people keep their DNS elsewhere. */
export function addRecord(scope: Construct, { domain, vpc, balancer }: RecordProps): void {
  const { name, zoneName, zoneId } = domain;
  if (zoneName === undefined) return;
  const zone =
    zoneId === undefined
      ? new route53.PrivateHostedZone(scope, 'Zone', { vpc, zoneName })
      : route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: zoneId, zoneName });
  new route53.ARecord(scope, 'Record', {
    zone,
    recordName: name,
    target: route53.RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
    comment: 'Pixtral load balancer',
  });
}
