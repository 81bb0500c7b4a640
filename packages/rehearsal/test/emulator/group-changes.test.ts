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

  it('of its launch template replaces every instance, launching before terminating', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, userData: 'old' });
    await stack.completeLaunches();
    const [old = ''] = await stack.idsIn('InService');
    await stack.update({ desiredCapacity: 1, userData: 'new' });
    expect(await stack.states()).toEqual(['InService', 'Pending:Wait']);
    expect(await stack.idsIn('InService')).toEqual([old]);
    await stack.completeLaunches();
    expect(await stack.idsIn('Terminating:Wait')).toEqual([old]);
    await stack.complete(old, 'drain', 'CONTINUE');
    const remaining = await stack.instances();
    expect(remaining.map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual(['2']);
    expect(await stack.refreshes()).toEqual(['Successful']);
  });

  it('of its launch template during a refresh cancels that refresh and starts another', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, userData: 'first' });
    await stack.completeLaunches();
    await stack.update({ desiredCapacity: 1, userData: 'second' });
    const [abandoned = ''] = await stack.idsIn('Pending:Wait');
    await stack.update({ desiredCapacity: 1, userData: 'third' });
    expect(await stack.ec2State(abandoned)).toBe('terminated');
    const versions = (await stack.instances()).map(({ LaunchTemplate }) => LaunchTemplate?.Version);
    expect(versions.sort()).toEqual(['1', '3']);
    expect(await stack.refreshes()).toEqual(['InProgress', 'Cancelled']);
  });
});

describe('a refresh whose new instance is abandoned', () => {
  it('keeps the old one in service and tries again after a pause', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, userData: 'good' });
    await stack.completeLaunches();
    const [serving = ''] = await stack.idsIn('InService');
    await stack.update({ desiredCapacity: 1, userData: 'bad' });
    const [refused = ''] = await stack.idsIn('Pending:Wait');
    await stack.complete(refused, 'ready', 'ABANDON');
    expect(await stack.states()).toEqual(['InService']);
    await expect.poll(() => stack.states(), { timeout: 5_000 }).toEqual(['InService', 'Pending:Wait']);
    expect(await stack.idsIn('InService')).toEqual([serving]);
    expect(await stack.idsIn('Pending:Wait')).not.toContain(refused);
  });
});

describe('the deletion', () => {
  it('of a stack leaves no instance running, also in the middle of a refresh', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2, userData: 'before' });
    await stack.completeLaunches();
    await stack.update({ desiredCapacity: 2, userData: 'after' });
    await stack.completeLaunches();
    expect(await stack.states()).toEqual(['InService', 'InService', 'Terminating:Wait']);
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
