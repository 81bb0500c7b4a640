import { Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { GATEWAY_PORT, type Network } from './network.ts';

/** Longest silence of an answer: one that is not streamed is silent until it is whole. */
export const IDLE_TIMEOUT_SECONDS = 300;

/** The paths that the fleet answers; vLLM has others, some of them without a key. */
const ALLOWED_PATHS: string[] = ['/v1/chat/completions', '/v1/models'];

export interface LoadBalancerProps {
  readonly network: Network;
  readonly group: autoscaling.AutoScalingGroup;
  readonly drainTimeoutSeconds: number;
}

/** Internal, and for the allowed paths only; everything else is a fixed 404. */
export class LoadBalancer extends Construct {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly targetGroup: elb.ApplicationTargetGroup;
  readonly endpointUrl: string;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { network } = props;
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Resource', {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      internetFacing: false,
      securityGroup: network.loadBalancerGroup,
      idleTimeout: Duration.seconds(IDLE_TIMEOUT_SECONDS),
      dropInvalidHeaderFields: true,
    });
    this.targetGroup = new elb.ApplicationTargetGroup(this, 'Targets', {
      vpc: network.vpc,
      port: GATEWAY_PORT,
      protocol: elb.ApplicationProtocol.HTTP,
      targetType: elb.TargetType.INSTANCE,
      targets: [props.group],
      // Requests differ a thousandfold in work, which round robin does not see.
      loadBalancingAlgorithmType: elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      deregistrationDelay: Duration.seconds(props.drainTimeoutSeconds),
      healthCheck: {
        path: '/ready',
        interval: Duration.seconds(5),
        timeout: Duration.seconds(4),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
    });
    const listener = this.balancer.addListener('Http', {
      port: 80,
      protocol: elb.ApplicationProtocol.HTTP,
      // Who may connect is said by the security group.
      open: false,
      defaultAction: elb.ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: '{"error":{"message":"no such path","type":"NotFoundError","param":null,"code":404}}',
      }),
    });
    listener.addAction('Api', {
      priority: 10,
      conditions: [elb.ListenerCondition.pathPatterns(ALLOWED_PATHS)],
      action: elb.ListenerAction.forward([this.targetGroup]),
    });
    this.endpointUrl = `http://${this.balancer.loadBalancerDnsName}`;
    acknowledge(this.balancer, {
      ids: ['ELB2'],
      reason:
        'the gateway logs every request with key name and request id; balancer logs would add a bucket and no knowledge',
    });
  }
}
