import { StartInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

describe('a change of the group', () => {
  it('of its desired capacity launches more, and takes those away first that do not serve yet', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    await stack.completeLaunches();
    const [serving = ''] = await stack.idsIn('InService');
    await stack.resize(3);
    expect(await stack.states()).toEqual(['InService', 'Pending:Wait', 'Pending:Wait']);
    await stack.resize(1);
    expect(await stack.states()).toEqual(['InService', 'Terminating:Wait', 'Terminating:Wait']);
    expect(await stack.idsIn('InService')).toEqual([serving]);
  });
});

describe('the deletion', () => {
  it('of a stack leaves no instance running, also in the middle of a refresh', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2, userData: 'before' });
    await stack.completeLaunches();
    const AutoScalingGroupName = await stack.groupName();
    await fleets.cloud.autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName }));
    await expect.poll(() => stack.states()).toEqual(['InService', 'Terminating:Wait', 'Pending:Wait'].sort());
    const image = (await stack.outputs()).Image;
    const name = await stack.groupName();
    await stack.delete();
    const { Reservations = [] } = await fleets.cloud.ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'image-id', Values: [image ?? ''] },
          { Name: 'tag:aws:autoscaling:groupName', Values: [name] },
        ],
      }),
    );
    const states = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name));
    expect(states).toEqual(['terminated', 'terminated', 'terminated']);
  });

  it('of the group alone empties the target group', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    await stack.completeLaunches();
    expect(await stack.registered()).toHaveLength(1);
    await stack.update({ group: false });
    expect(await stack.registered()).toEqual([]);
  });
});
