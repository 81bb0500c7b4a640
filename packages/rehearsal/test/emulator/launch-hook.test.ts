import { RecordLifecycleActionHeartbeatCommand } from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

describe('the launch hook', () => {
  it('completed with CONTINUE puts the instance into service and registers it', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    await stack.complete(id, 'ready', 'CONTINUE');
    expect(await stack.idsIn('InService')).toEqual([id]);
    expect(await stack.registered()).toEqual([id]);
    expect(await stack.activities()).toMatchObject([
      { StatusCode: 'Successful', Description: `Launching a new EC2 instance: ${id}` },
    ]);
  });

  it('completed with ABANDON terminates the instance, says so, and launches another after a pause', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    await stack.complete(id, 'ready', 'ABANDON');
    expect(await stack.instances()).toEqual([]);
    expect(await stack.ec2State(id)).toBe('terminated');
    const cancelled = (await stack.activities()).find(({ StatusCode }) => StatusCode === 'Cancelled');
    expect(cancelled?.Description).toBe(`Launching a new EC2 instance: ${id}`);
    expect(cancelled?.StatusMessage?.replace(/token [-0-9a-f]+/, 'token …')).toBe(
      "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token … was abandoned: " +
        'Lifecycle Action Completed with ABANDON Result',
    );
    expect(cancelled?.Cause).toContain('a difference between desired and actual capacity');
    await expect.poll(() => stack.states(), { timeout: 5_000 }).toEqual(['Pending:Wait']);
    expect(await stack.idsIn('Pending:Wait')).not.toContain(id);
    expect(await stack.registered()).toEqual([]);
  });

  it('that nobody completes takes its default result, ABANDON', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, launchHeartbeatSeconds: 1 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    await expect.poll(() => stack.idsIn('Pending:Wait'), { timeout: 10_000 }).not.toContain(id);
    expect(await stack.idsIn('InService')).toEqual([]);
    expect(await stack.ec2State(id)).toBe('terminated');
    expect((await stack.activities()).map(({ StatusCode }) => StatusCode)).toContain('Cancelled');
  });

  it('that nobody completes takes its default result, CONTINUE', async () => {
    const stack = await fleets.createFleet({
      ...{ desiredCapacity: 1, launchHeartbeatSeconds: 1, launchDefaultResult: 'CONTINUE' },
    });
    await expect.poll(() => stack.states(), { timeout: 10_000 }).toEqual(['InService']);
  });

  it('waits on for as long as heartbeats come', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, launchHeartbeatSeconds: 2 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    const name = await stack.groupName();
    for (const deadline = Date.now() + 3_500; Date.now() < deadline; ) {
      await fleets.cloud.autoScaling.send(
        new RecordLifecycleActionHeartbeatCommand({
          ...{ AutoScalingGroupName: name, LifecycleHookName: 'ready', InstanceId: id },
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(await stack.idsIn('Pending:Wait')).toEqual([id]);
  });

  it('refuses to be completed twice, for an unknown instance, and by the name of the other hook', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1 });
    const [id = ''] = await stack.idsIn('Pending:Wait');
    await expect(stack.complete(id, 'drain', 'CONTINUE')).rejects.toThrow(
      `No active Lifecycle Action found with instance ID ${id}`,
    );
    expect(await stack.states()).toEqual(['Pending:Wait']);
    await stack.complete(id, 'ready', 'CONTINUE');
    await expect(stack.complete(id, 'ready', 'CONTINUE')).rejects.toMatchObject({
      name: 'ValidationError',
      message: `No active Lifecycle Action found with instance ID ${id}`,
    });
    await expect(stack.complete('i-00000000000000000', 'ready', 'CONTINUE')).rejects.toThrow(
      'No active Lifecycle Action found with instance ID i-00000000000000000',
    );
  });
});
