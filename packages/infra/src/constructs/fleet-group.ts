import { Duration, Tags } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { LAUNCH_HOOK, TERMINATE_HOOK } from '../instance-config.ts';
import { planTimeouts } from '../timeouts.ts';
import { acknowledge } from './acknowledge.ts';
import { FLEET_TAG } from './instance-template.ts';
import type { Network } from './network.ts';

export interface FleetGroupProps {
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly launchTemplate: ec2.LaunchTemplate;
}

/** The Auto Scaling group: an instance counts only when it has completed the launch hook, having seen a picture. */
export class FleetGroup extends Construct {
  readonly group: autoscaling.AutoScalingGroup;

  constructor(scope: Construct, id: string, props: FleetGroupProps) {
    super(scope, id);
    const { config, network } = props;
    const { capacity } = config;
    this.group = new autoscaling.AutoScalingGroup(this, 'Resource', {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      minCapacity: capacity.min,
      desiredCapacity: capacity.desired,
      maxCapacity: capacity.max,
      mixedInstancesPolicy: {
        launchTemplate: props.launchTemplate,
        instancesDistribution: {
          onDemandPercentageAboveBaseCapacity: 100,
          onDemandAllocationStrategy: autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
        },
        launchTemplateOverrides: config.instanceTypes.map(({ type }) => ({
          instanceType: new ec2.InstanceType(type),
        })),
      },
      healthChecks: autoscaling.HealthChecks.withAdditionalChecks({
        additionalTypes: [autoscaling.AdditionalHealthCheckType.ELB],
        // An instance in service has passed the gate; this only bridges the balancer's first checks.
        gracePeriod: Duration.minutes(2),
      }),
      defaultInstanceWarmup: Duration.seconds(30),
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 100,
        maxHealthyPercentage: 200,
        skipMatching: true,
      }),
    });
    // An isolated instance reaches nothing before the endpoints and rules exist, nor after they have gone.
    this.group.node.addDependency(network);
    this.addHooks(planTimeouts(config).hookHeartbeat);
    Tags.of(this.group).add(FLEET_TAG, config.stackName);
    acknowledge(this.group, {
      ids: ['AS3'],
      reason: "launches that fail are reported by the stack's verification and by boot reports",
    });
    acknowledge(this.group, {
      ids: ['EC26'],
      reason: 'the rule does not look into launch templates: the root volume is encrypted there',
    });
  }

  /** In the group itself: hooks of their own come after the group, too late for its first instances. */
  private addHooks(heartbeatTimeout: number): void {
    const group = this.group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    group.lifecycleHookSpecificationList = [
      {
        lifecycleHookName: LAUNCH_HOOK,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
        heartbeatTimeout,
        defaultResult: 'ABANDON',
      },
      {
        lifecycleHookName: TERMINATE_HOOK,
        lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        heartbeatTimeout,
        defaultResult: 'CONTINUE',
      },
    ];
  }
}
