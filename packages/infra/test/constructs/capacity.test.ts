import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/index.ts';
import { FleetGroup } from '../../src/constructs/fleet-group.ts';
import { Network } from '../../src/constructs/network.ts';
import { synthesise } from '../synthesise.ts';

const GROUP = 'AWS::AutoScaling::AutoScalingGroup';

function groupOf(template: Template) {
  const [group, ...others] = Object.values(template.findResources(GROUP));
  expect(others).toEqual([]);
  if (!group) throw new Error('the template has no group');
  return group;
}

describe('a fleet on demand', () => {
  const template = synthesise();
  const group = groupOf(template);

  it('buys in the order of its types, and has nothing of Spot', () => {
    expect(group.Properties.MixedInstancesPolicy.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandPercentageAboveBaseCapacity: 100,
    });
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Spot|CapacityRebalance/);
  });

  it('uses open capacity reservations first', () => {
    expect(group.Properties.CapacityReservationSpecification).toEqual({
      CapacityReservationPreference: 'capacity-reservations-first',
    });
  });

  it('replaces instances one after the other, the new one first, and watches the last for 5 minutes', () => {
    expect(group.Properties.InstanceMaintenancePolicy).toEqual({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 110,
    });
    expect(group.UpdatePolicy.AutoScalingInstanceRefresh).toEqual({
      Strategy: 'Rolling',
      Preferences: {
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 110,
        SkipMatching: true,
        BakeTime: 300,
        AlarmSpecification: { Alarms: expect.any(Array) },
      },
    });
  });

  it('keeps the size that scaling has set when it is deployed again', () => {
    expect(group.UpdatePolicy.AutoScalingScheduledAction).toEqual({
      IgnoreUnmodifiedGroupSizeProperties: true,
    });
  });

  it('has neither schedules nor a warm pool', () => {
    template.resourceCountIs('AWS::AutoScaling::ScheduledAction', 0);
    template.resourceCountIs('AWS::AutoScaling::WarmPool', 0);
  });
});

describe('Spot', () => {
  const { Properties } = groupOf(synthesise({ capacity: { spot: { onDemandBase: 2, sharePercent: 75 } } }));

  it('is bought above the base, where interruptions are least likely, in the order of the types', () => {
    expect(Properties.MixedInstancesPolicy.InstancesDistribution).toEqual({
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 2,
      OnDemandPercentageAboveBaseCapacity: 25,
      SpotAllocationStrategy: 'capacity-optimized-prioritized',
    });
  });

  it('is replaced before it is taken back', () => {
    expect(Properties.CapacityRebalance).toBe(true);
  });
});

describe('capacity reservations', () => {
  it.each([
    ['only', 'capacity-reservations-only'],
    ['none', 'none'],
  ] as const)('%s is %s', (reservations, CapacityReservationPreference) => {
    synthesise({ capacity: { reservations } }).hasResourceProperties(GROUP, {
      CapacityReservationSpecification: { CapacityReservationPreference },
    });
  });
});

describe('terminate-first', () => {
  it.each([
    [1, 0],
    [2, 50],
    [4, 75],
  ])('of %i instances replaces one at a time: %i percent go on', (desired, MinHealthyPercentage) => {
    const group = groupOf(synthesise({ capacity: { desired, updateStrategy: 'terminate-first' } }));
    const bounds = { MinHealthyPercentage, MaxHealthyPercentage: 100 };
    expect(group.Properties.InstanceMaintenancePolicy).toEqual(bounds);
    expect(group.UpdatePolicy.AutoScalingInstanceRefresh.Preferences).toMatchObject(bounds);
  });
});

describe('schedules', () => {
  it('set the sizes they name, at the time of their zone', () => {
    const template = synthesise({
      capacity: {
        schedules: [
          { name: 'open', cron: '45 6 * * MON-FRI', timeZone: 'Europe/Paris', min: 1, desired: 2 },
          { name: 'close', cron: '0 19 * * *', max: 2 },
        ],
      },
    });
    const actions = Object.values(template.findResources('AWS::AutoScaling::ScheduledAction')).map(
      ({ Properties: { AutoScalingGroupName: _, ...properties } }) => properties,
    );
    expect(actions).toEqual([
      { Recurrence: '45 6 * * MON-FRI', TimeZone: 'Europe/Paris', MinSize: 1, DesiredCapacity: 2 },
      { Recurrence: '0 19 * * *', TimeZone: 'Etc/UTC', MaxSize: 2 },
    ]);
  });
});

describe('a warm pool', () => {
  const template = synthesise({
    instanceTypes: ['g6.2xlarge'],
    capacity: { warmPool: { size: 2 } },
  });

  it('has a fixed size and is stopped', () => {
    template.hasResourceProperties('AWS::AutoScaling::WarmPool', {
      PoolState: 'Stopped',
      MinSize: 2,
      MaxGroupPreparedCapacity: 2,
    });
  });

  it('goes with a group of one type, without a mixed-instances policy', () => {
    template.hasResourceProperties(GROUP, {
      MixedInstancesPolicy: Match.absent(),
      LaunchTemplate: Match.objectLike({ Version: Match.anyValue() }),
    });
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { InstanceType: 'g6.2xlarge' },
    });
  });
});

describe('an update', () => {
  function groupWith(count: number, bakeMinutes = 5): ReturnType<typeof groupOf> {
    const stack = new Stack(new App(), 'Stack');
    const config = resolveConfig({ capacity: { bakeMinutes } });
    new FleetGroup(stack, 'Fleet', {
      config,
      network: new Network(stack, 'Network', { config }),
      launchTemplate: new ec2.LaunchTemplate(stack, 'Template', {
        machineImage: ec2.MachineImage.genericLinux({ 'us-east-1': 'ami-0123456789abcdef0' }),
        securityGroup: new ec2.SecurityGroup(stack, 'Group', { vpc: new ec2.Vpc(stack, 'Vpc') }),
      }),
      refreshAlarms: Array.from({ length: count }, (_, index) =>
        cloudwatch.Alarm.fromAlarmName(stack, `Alarm${index}`, `alarm-${index}`),
      ),
    });
    return groupOf(Template.fromStack(stack));
  }

  it('is stopped by the alarms that it is given', () => {
    expect(groupWith(2, 7).UpdatePolicy.AutoScalingInstanceRefresh.Preferences).toMatchObject({
      AlarmSpecification: { Alarms: ['alarm-0', 'alarm-1'] },
      BakeTime: 420,
    });
  });

  it('fails for more alarms than Auto Scaling takes', () => {
    expect(() => groupWith(11)).toThrow(/10/);
  });
});
