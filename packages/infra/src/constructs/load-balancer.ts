import { Duration } from 'aws-cdk-lib';
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { planTimeouts } from '../timeouts.ts';
import { acknowledge } from './acknowledge.ts';
import { JwtAction } from './jwt-action.ts';
import { addRecord } from './load-balancer-record.ts';
import { GATEWAY_PORT, type Network, OWN_PORT } from './network.ts';

/** The paths that the fleet answers; vLLM has others, some of them without a key. */
const ALLOWED_PATHS: string[] = ['/v1/chat/completions', '/v1/models'];

export interface LoadBalancerProps {
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly group: autoscaling.AutoScalingGroup;
}

/** Internal, and for the allowed paths only; everything else is a fixed 404. */
export class LoadBalancer extends Construct {
  readonly balancer: elb.ApplicationLoadBalancer;
  readonly targetGroup: elb.ApplicationTargetGroup;
  /** By the name that clients use. */
  readonly endpointUrl: string;
  /** By the name that AWS gave it, which can be resolved as soon as it is there. */
  readonly directUrl: string;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { network } = props;
    const timeouts = planTimeouts(props.config);
    const { domain, certificateArn } = props.config.network;
    this.balancer = new elb.ApplicationLoadBalancer(this, 'Resource', {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      internetFacing: false,
      securityGroup: network.loadBalancerGroup,
      idleTimeout: Duration.seconds(timeouts.idle),
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
      deregistrationDelay: Duration.seconds(timeouts.deregistrationDelay),
      // Quick: a gateway without its model server refuses at once, which looks like the least work of all.
      healthCheck: {
        path: '/ready',
        interval: Duration.seconds(5),
        timeout: Duration.seconds(4),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
      },
    });
    const { jwt } = props.config.security;
    const forward = elb.ListenerAction.forward([this.targetGroup]);
    this.addListener(certificateArn === undefined ? 'Http' : 'Https', {
      port: network.port,
      certificateArn,
      action: jwt ? new JwtAction(jwt, forward) : forward,
    });
    // Nobody issues tokens to the stack's own Lambdas. Their security group alone gets here, and they have a key.
    if (jwt) this.addListener('Own', { port: OWN_PORT, certificateArn, action: forward });
    if (domain) addRecord(this, { domain, vpc: network.vpc, balancer: this.balancer });
    const scheme = certificateArn === undefined ? 'http' : 'https';
    this.directUrl = `${scheme}://${this.balancer.loadBalancerDnsName}`;
    this.endpointUrl = domain ? `${scheme}://${domain.name}` : this.directUrl;
    acknowledge(this.balancer, {
      ids: ['ELB2'],
      reason:
        'the gateway logs every request with key name and request id; balancer logs would add a bucket and no knowledge',
    });
  }

  private addListener(
    id: string,
    {
      port,
      certificateArn,
      action,
    }: {
      readonly port: number;
      readonly certificateArn: string | undefined;
      readonly action: elb.ListenerAction;
    },
  ): void {
    const tls = certificateArn !== undefined;
    const listener = this.balancer.addListener(id, {
      port,
      protocol: tls ? elb.ApplicationProtocol.HTTPS : elb.ApplicationProtocol.HTTP,
      // Who may connect is said by the security group.
      open: false,
      defaultAction: elb.ListenerAction.fixedResponse(404, {
        contentType: 'application/json',
        messageBody: '{"error":{"message":"no such path","type":"NotFoundError","param":null,"code":404}}',
      }),
      ...(tls
        ? {
            certificates: [elb.ListenerCertificate.fromArn(certificateArn)],
            // TLS 1.2 with forward secrecy and authenticated ciphers at least; keys that outlast quantum computers where the client knows them.
            sslPolicy: elb.SslPolicy.TLS13_12_RES_PQ,
          }
        : {}),
    });
    listener.addAction('Api', {
      priority: 10,
      conditions: [elb.ListenerCondition.pathPatterns(ALLOWED_PATHS)],
      action,
    });
  }
}
