import {
  ResumeProcessesCommand,
  SetInstanceHealthCommand,
  SuspendProcessesCommand,
} from '@aws-sdk/client-auto-scaling';
import { expect, it } from 'vitest';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

it('replaces no unhealthy instance while that is suspended, and does again when it is resumed', async () => {
  const stack = await fleets.createFleet({ desiredCapacity: 1 });
  const { autoScaling } = fleets.cloud;
  const processes = {
    AutoScalingGroupName: await stack.groupName(),
    ScalingProcesses: ['ReplaceUnhealthy'],
  };
  const [before] = await stack.instances();
  const unhealthy = new SetInstanceHealthCommand({
    InstanceId: before?.InstanceId,
    HealthStatus: 'Unhealthy',
  });
  await autoScaling.send(new SuspendProcessesCommand(processes));
  await autoScaling.send(unhealthy);
  const suspended = (await stack.group()).Instances ?? [];
  expect(suspended.map(({ InstanceId, HealthStatus }) => [InstanceId, HealthStatus])).toEqual([
    [before?.InstanceId, 'Unhealthy'],
  ]);
  await autoScaling.send(new ResumeProcessesCommand(processes));
  await autoScaling.send(unhealthy);
  const resumed = (await stack.group()).Instances ?? [];
  expect(resumed.map(({ InstanceId }) => InstanceId)).not.toEqual([before?.InstanceId]);
});

it('refuses processes that it could not suspend, and groups that there are not', async () => {
  const stack = await fleets.createFleet({ desiredCapacity: 0 });
  const suspend = (group: string, process: string) =>
    fleets.cloud.autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: group, ScalingProcesses: [process] }),
    );
  const name = await stack.groupName();
  await expect(suspend(name, 'Launch')).rejects.toThrow(/cannot suspend Launch, only ReplaceUnhealthy/);
  await expect(suspend(name, 'Sleep')).rejects.toThrow(/Invalid scaling process name: Sleep/);
  await expect(suspend('nobody', 'ReplaceUnhealthy')).rejects.toThrow(/nobody not found/);
});
