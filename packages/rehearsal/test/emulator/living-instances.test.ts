import { DescribeAutoScalingInstancesCommand } from '@aws-sdk/client-auto-scaling';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

describe('a group made by CloudFormation', () => {
  it('launches what is desired, held by its own launch hook and not yet registered', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2 });
    const group = await stack.group();
    expect(group.DesiredCapacity).toBe(2);
    expect(group.Instances?.map(({ LifecycleState }) => LifecycleState)).toEqual([
      'Pending:Wait',
      'Pending:Wait',
    ]);
    expect(group.TargetGroupARNs).toEqual([(await stack.outputs()).TargetGroup]);
    expect(new Set(group.Instances?.map(({ AvailabilityZone }) => AvailabilityZone))).toEqual(
      new Set(['us-east-1a', 'us-east-1b']),
    );
    expect(await stack.registered()).toEqual([]);
    expect((await stack.activities()).map(({ StatusCode }) => StatusCode)).toEqual([
      'MidLifecycleAction',
      'MidLifecycleAction',
    ]);
  });

  it('tells each instance its group, type and launch template version', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    const { AutoScalingInstances = [] } = await fleets.cloud.autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds: [id] }),
    );
    expect(AutoScalingInstances).toHaveLength(1);
    expect(AutoScalingInstances[0]).toMatchObject({
      AutoScalingGroupName: await stack.groupName(),
      InstanceType: 'g6.2xlarge',
      LifecycleState: 'Pending:Wait',
      LaunchTemplate: { Version: '1' },
    });
  });

  it('gives its mixed instances policy back', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 0 });
    const { MixedInstancesPolicy } = await stack.group();
    expect(MixedInstancesPolicy?.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType)).toEqual([
      'g6.2xlarge',
      'g5.2xlarge',
    ]);
    expect(MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.Version).toBe('1');
  });

  it('has instances in EC2 whose user data, image and tags are those of the launch template', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, userData: 'rendered' });
    const [instance] = await stack.instances();
    const id = instance?.InstanceId ?? '';
    const { Bucket, Image } = await stack.outputs();
    const expected = `#!/bin/bash\necho rendered ${Bucket}\n`;
    const { LaunchTemplateVersions = [] } = await fleets.cloud.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({
        LaunchTemplateId: instance?.LaunchTemplate?.LaunchTemplateId,
        Versions: [instance?.LaunchTemplate?.Version ?? ''],
      }),
    );
    expect(decode(LaunchTemplateVersions[0]?.LaunchTemplateData?.UserData)).toBe(expected);
    const { UserData } = await fleets.cloud.ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
    );
    expect(decode(UserData?.Value)).toBe(expected);
    const { Reservations = [] } = await fleets.cloud.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    expect(Reservations[0]?.Instances?.[0]).toMatchObject({
      ImageId: Image,
      InstanceType: 'g6.2xlarge',
      State: { Name: 'running' },
    });
    expect(Image).toMatch(/^ami-/);
    expect(Reservations[0]?.Instances?.[0]?.Tags).toContainEqual({ Key: 'fleet', Value: 'test' });
  });
});

describe('an instance that is terminated through the API', () => {
  it('leaves the target group, waits for its terminate hook, is replaced, and goes when the hook is completed', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2 });
    await stack.completeLaunches();
    const [first = '', second = ''] = await stack.idsIn('InService');
    await stack.terminate(first, { decrement: false });
    expect(await stack.states()).toEqual(['InService', 'Pending:Wait', 'Terminating:Wait']);
    expect(await stack.idsIn('Terminating:Wait')).toEqual([first]);
    expect(await stack.registered()).toEqual([second]);
    expect(await stack.ec2State(first)).toBe('running');
    await stack.complete(first, 'drain', 'CONTINUE');
    expect(await stack.states()).toEqual(['InService', 'Pending:Wait']);
    expect(await stack.ec2State(first)).toBe('terminated');
  });

  it('is not replaced when the desired capacity is to shrink with it', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    await stack.completeLaunches();
    const [id = ''] = await stack.idsIn('InService');
    await stack.terminate(id, { decrement: true });
    await stack.complete(id, 'drain', 'ABANDON');
    expect(await stack.instances()).toEqual([]);
    expect((await stack.group()).DesiredCapacity).toBe(0);
  });

  it('goes by itself when its terminate hook expires', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, drainHeartbeatSeconds: 1 });
    await stack.completeLaunches();
    const [id = ''] = await stack.idsIn('InService');
    await stack.terminate(id, { decrement: true });
    await expect.poll(() => stack.instances(), { timeout: 10_000 }).toEqual([]);
    expect(await stack.ec2State(id)).toBe('terminated');
  });

  it('fails for an instance that no group holds', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 0 });
    await expect(stack.terminate('i-00000000000000000', { decrement: false })).rejects.toThrow(
      'Instance Id not found',
    );
  });
});

function decode(text: string | undefined): string {
  return Buffer.from(text ?? '', 'base64').toString('utf8');
}
