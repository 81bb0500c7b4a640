import { FLEET_TAG } from '@pixtral-fleet/catalog';
import { Duration, Tags } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ResolvedConfig } from '../config/index.ts';
import { LAUNCH_HOOK, TERMINATE_HOOK } from '../instance-config.ts';
import { planTimeouts } from '../timeouts.ts';
import { acknowledge } from './acknowledge.ts';
import { addSchedules } from './fleet-schedules.ts';
import type { Network } from './network.ts';
import { healthBounds, instancesDistribution, RESERVATION_PREFERENCE } from './purchase.ts';

export interface FleetGroupProps {
  readonly config: ResolvedConfig;
  readonly network: Network;
  readonly launchTemplate: ec2.LaunchTemplate;
  /**
   * Alarms that stop an update and roll it back, at most 10. They must not name the group, which names them.
   * @default - none
   */
  readonly refreshAlarms?: readonly cloudwatch.IAlarm[];
}

/** An instance in service has passed the gate; this only lets its first numbers come in before they are scaled by. */
const WARMUP = Duration.seconds(30);

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
      ...whatToLaunch(props),
      // A Spot instance that is likely to go is replaced before EC2 takes it.
      ...(capacity.spot ? { capacityRebalance: true } : {}),
      // Not the balancer's: a model server that is started again would not be waited for (docs/decisions/0008).
      healthChecks: autoscaling.HealthChecks.ec2(),
      defaultInstanceWarmup: WARMUP,
      ...healthBounds(capacity),
      // What the dashboard draws; they cost nothing.
      groupMetrics: [autoscaling.GroupMetrics.all()],
      updatePolicy: autoscaling.UpdatePolicy.instanceRefresh({
        strategy: autoscaling.InstanceRefreshStrategy.ROLLING,
        ...healthBounds(capacity),
        skipMatching: true,
        bakeTime: Duration.minutes(capacity.bakeMinutes),
        ...(props.refreshAlarms?.length ? { alarms: [...props.refreshAlarms] } : {}),
      }),
    });
    // An isolated instance reaches nothing before the endpoints and rules exist, nor after they have gone.
    this.group.node.addDependency(network);
    this.completeGroup(config);
    addSchedules(this.group, capacity.schedules);
    if (capacity.warmPool) this.addWarmPool(capacity.warmPool.size);
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

  /** What the CDK's own group does not know of. */
  private completeGroup(config: ResolvedConfig): void {
    const heartbeatTimeout = planTimeouts(config).hookHeartbeat;
    const group = this.group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
    group.capacityReservationSpecification = {
      capacityReservationPreference: RESERVATION_PREFERENCE[config.capacity.reservations],
    };
    // In the group itself: hooks of their own come after the group, too late for its first instances.
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

  /** Of a fixed size: only when both numbers are equal does the pool not grow to what `max` leaves (PutWarmPool). */
  private addWarmPool(size: number): void {
    this.group.addWarmPool({
      poolState: autoscaling.PoolState.STOPPED,
      minSize: size,
      maxGroupPreparedCapacity: size,
    });
  }
}

/** Several types and ways of buying them, or one type alone: a warm pool allows nothing else (PutWarmPool). */
function whatToLaunch({
  config,
  launchTemplate,
}: FleetGroupProps): Pick<autoscaling.AutoScalingGroupProps, 'launchTemplate' | 'mixedInstancesPolicy'> {
  if (config.capacity.warmPool) return { launchTemplate };
  return {
    mixedInstancesPolicy: {
      launchTemplate,
      instancesDistribution: instancesDistribution(config.capacity),
      launchTemplateOverrides: config.instanceTypes.map(({ type }) => ({
        instanceType: new ec2.InstanceType(type),
      })),
    },
  };
}
