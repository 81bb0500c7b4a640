import { DescribeWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import { CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FleetStack } from './fleet-stack.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
}, 120_000);
afterAll(() => cloud?.close());

it('is kept beside a group of one instance type, as it was asked for', async () => {
  const stack = await create('one', { LaunchTemplate: SPECIFICATION });
  await stack.settled('CREATE_COMPLETE');
  const { WarmPoolConfiguration } = await cloud.autoScaling.send(
    new DescribeWarmPoolCommand({ AutoScalingGroupName: 'group-one' }),
  );
  expect(WarmPoolConfiguration).toEqual({ PoolState: 'Stopped', MinSize: 2, MaxGroupPreparedCapacity: 2 });
  await stack.delete();
});

it('fails beside a group of several instance types', async () => {
  const stack = await create('several', {
    MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: SPECIFICATION } },
  });
  await stack.settled('ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await cloud.cloudFormation.send(
    new DescribeStackEventsCommand({ StackName: 'several' }),
  );
  expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason).join()).toContain(
    'mixed instances policy',
  );
});

const SPECIFICATION = {
  LaunchTemplateId: { Ref: 'Template' },
  Version: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] },
};

async function create(name: string, launches: object): Promise<FleetStack> {
  const resources = {
    Template: {
      Type: 'AWS::EC2::LaunchTemplate',
      Properties: { LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 'g5.2xlarge' } },
    },
    Group: {
      Type: 'AWS::AutoScaling::AutoScalingGroup',
      Properties: {
        ...{ AutoScalingGroupName: `group-${name}`, MinSize: '0', MaxSize: '2', DesiredCapacity: '0' },
        ...{ AvailabilityZones: ['us-east-1a'], ...launches },
      },
    },
    Pool: {
      Type: 'AWS::AutoScaling::WarmPool',
      Properties: {
        AutoScalingGroupName: { Ref: 'Group' },
        ...{ PoolState: 'Stopped', MinSize: 2, MaxGroupPreparedCapacity: 2 },
      },
    },
  };
  await cloud.cloudFormation.send(
    new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify({ Resources: resources }) }),
  );
  return new FleetStack(cloud, name);
}
