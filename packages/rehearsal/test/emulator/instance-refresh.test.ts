import {
  CancelInstanceRefreshCommand,
  RollbackInstanceRefreshCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import type { FleetStack } from './fleet-stack.ts';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();

const PATIENT = { timeout: 10_000 };
const TOGETHER = { MinHealthyPercentage: 100, MaxHealthyPercentage: 200 };
const TERMINATE_FIRST = { MinHealthyPercentage: 0, MaxHealthyPercentage: 100 };

/** A fleet in service whose update has begun. */
async function updating(options: Parameters<typeof fleets.createFleet>[0]): Promise<FleetStack> {
  const stack = await fleets.createFleet({ ...options, userData: 'old' });
  await stack.completeLaunches();
  await stack.beginUpdate({ ...options, userData: 'new' });
  await expect.poll(async () => (await stack.refreshes()).length, PATIENT).toBe(1);
  return stack;
}

describe('an update of the launch template', () => {
  it('replaces one instance after the other, launching first, and waits until the last has gone', async () => {
    const stack = await updating({ desiredCapacity: 2 });
    expect(await stack.states()).toEqual(['InService', 'InService', 'Pending:Wait']);
    expect((await stack.refreshes())[0]).toMatchObject({ PercentageComplete: 0, InstancesToUpdate: 2 });
    await stack.completeLaunches();
    expect(await stack.states()).toEqual(['InService', 'InService', 'Terminating:Wait']);
    expect(await stack.registered()).toEqual([...(await stack.idsIn('InService'))].sort());
    const [going = ''] = await stack.idsIn('Terminating:Wait');
    await stack.complete(going, 'drain', 'CONTINUE');
    expect(await stack.states()).toEqual(['InService', 'InService', 'Pending:Wait']);
    expect((await stack.refreshes())[0]).toMatchObject({ PercentageComplete: 50, InstancesToUpdate: 1 });
    expect(await stack.status()).toBe('UPDATE_IN_PROGRESS');
    await stack.carryOn('UPDATE_COMPLETE');
    expect(await stack.versions()).toEqual(['2', '2']);
    expect((await stack.refreshes())[0]).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
  });

  it('launches as many at once as the maximum allows, and terminates only what it can spare', async () => {
    const stack = await updating({ desiredCapacity: 2, refresh: TOGETHER });
    expect(await stack.states()).toEqual(['InService', 'InService', 'Pending:Wait', 'Pending:Wait']);
    const [first = ''] = await stack.idsIn('Pending:Wait');
    await stack.complete(first, 'ready', 'CONTINUE');
    expect(await stack.states()).toEqual(['InService', 'InService', 'Pending:Wait', 'Terminating:Wait']);
    await stack.carryOn('UPDATE_COMPLETE');
    expect(await stack.versions()).toEqual(['2', '2']);
  });

  it('never exceeds the size of the group when the maximum is 100, and terminates first', async () => {
    const stack = await updating({
      desiredCapacity: 2,
      refresh: { MinHealthyPercentage: 50, MaxHealthyPercentage: 100 },
    });
    expect(await stack.states()).toEqual(['InService', 'Pending:Wait', 'Terminating:Wait']);
    await stack.carryOn('UPDATE_COMPLETE');
    expect(await stack.versions()).toEqual(['2', '2']);
  });

  it('gets over a group of one, terminating first', async () => {
    const stack = await updating({ desiredCapacity: 1, refresh: TERMINATE_FIRST });
    expect(await stack.idsIn('InService')).toEqual([]);
    await stack.carryOn('UPDATE_COMPLETE');
    expect(await stack.versions()).toEqual(['2']);
  });

  it('waits for the warm-up of the new and for the bake time, a second for a minute', async () => {
    const began = Date.now();
    const stack = await updating({
      desiredCapacity: 1,
      refresh: { ...TOGETHER, InstanceWarmup: 60, BakeTime: 60 },
    });
    await stack.completeLaunches();
    expect(await stack.states()).toEqual(['InService', 'InService']);
    await expect.poll(() => stack.states(), PATIENT).toEqual(['InService', 'Terminating:Wait']);
    const [old = ''] = await stack.idsIn('Terminating:Wait');
    await stack.complete(old, 'drain', 'CONTINUE');
    expect(await stack.refreshes()).toMatchObject([{ Status: 'Baking' }]);
    await stack.settled('UPDATE_COMPLETE');
    expect(Date.now() - began).toBeGreaterThan(2_000);
  });

  it('without a policy leaves the instances as they are', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 1, userData: 'old', refresh: null });
    await stack.completeLaunches();
    await stack.update({ desiredCapacity: 1, userData: 'new', refresh: null });
    expect(await stack.versions()).toEqual(['1']);
    expect(await stack.refreshes()).toEqual([]);
  });

  it('keeps the old one in service when the new one is abandoned, and tries again after a pause', async () => {
    const stack = await updating({ desiredCapacity: 1 });
    const [serving = ''] = await stack.idsIn('InService');
    const [refused = ''] = await stack.idsIn('Pending:Wait');
    await stack.complete(refused, 'ready', 'ABANDON');
    expect(await stack.states()).toEqual(['InService']);
    await expect.poll(() => stack.states(), PATIENT).toEqual(['InService', 'Pending:Wait']);
    expect(await stack.idsIn('InService')).toEqual([serving]);
    expect(await stack.idsIn('Pending:Wait')).not.toContain(refused);
    await stack.carryOn('UPDATE_COMPLETE');
  });
});

/** Answers CloudFormation: no for version 2; says of which version it was asked. */
const REFUSES_VERSION_2 = `
exports.handler = async (event) => {
  const version = event.ResourceProperties.Version;
  const refused = event.RequestType !== 'Delete' && version === '2';
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
    Status: refused ? 'FAILED' : 'SUCCESS', Reason: refused ? 'version 2 is blind' : '',
    PhysicalResourceId: 'verification', StackId: event.StackId, RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId, Data: { Answer: event.RequestType + ' ' + version } }) });
};`;

describe('an update whose verification fails', () => {
  it('is verified after the replacement, rolled back, and verified again as the newest version', async () => {
    const options = { desiredCapacity: 1, lambda: REFUSES_VERSION_2 };
    const stack = await fleets.createFleet({ ...options, userData: 'old' });
    await stack.completeLaunches();
    expect((await stack.outputs()).Answer).toBe('Create 1');
    await stack.beginUpdate({ ...options, userData: 'new' });
    await stack.carryOn('UPDATE_ROLLBACK_COMPLETE');
    expect(await stack.versions()).toEqual(['3']);
    expect((await stack.refreshes()).map(({ Status }) => Status)).toEqual(['Successful', 'Successful']);
    const reasons = (await stack.events()).map(({ ResourceStatusReason = '' }) => ResourceStatusReason);
    expect(reasons).toContain('version 2 is blind');
    await stack.beginUpdate({ ...options, userData: 'newest' });
    await stack.carryOn('UPDATE_COMPLETE');
    expect((await stack.outputs()).Answer).toBe('Update 4');
  });
});

describe('a refresh that is ended', () => {
  it('by an alarm fails the update, and the rollback goes on to one more version', async () => {
    const stack = await updating({ desiredCapacity: 2, alarm: true });
    const serving = await stack.idsIn('InService');
    await fleets.raiseMetric('Test', 'Bad');
    await expect.poll(() => stack.status(), PATIENT).toBe('UPDATE_ROLLBACK_IN_PROGRESS');
    expect(await stack.idsIn('InService')).toEqual(serving);
    await stack.carryOn('UPDATE_ROLLBACK_COMPLETE');
    expect(await stack.versions()).toEqual(['3', '3']);
    expect((await stack.refreshes()).map(({ Status }) => Status)).toEqual(['Successful', 'Failed']);
    const reasons = (await stack.events()).map(({ ResourceStatusReason = '' }) => ResourceStatusReason);
    const { Watch } = await stack.outputs();
    expect(reasons).toContainEqual(
      expect.stringMatching(
        new RegExp(`^Instance refresh \\S+ ended as Failed: the alarm ${Watch} went off$`),
      ),
    );
  });

  it('by its user fails the update; what was not replaced serves on', async () => {
    const stack = await updating({ desiredCapacity: 1 });
    const serving = await stack.idsIn('InService');
    await fleets.cloud.autoScaling.send(
      new CancelInstanceRefreshCommand({ AutoScalingGroupName: await stack.groupName() }),
    );
    await expect.poll(() => stack.status(), PATIENT).toBe('UPDATE_ROLLBACK_IN_PROGRESS');
    expect(await stack.idsIn('InService')).toEqual(serving);
    await stack.carryOn('UPDATE_ROLLBACK_COMPLETE');
  });

  it('by a rollback replaces what it has replaced', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 2, refresh: null, userData: 'old' });
    await stack.completeLaunches();
    await stack.update({ desiredCapacity: 2, refresh: null, userData: 'new' });
    const AutoScalingGroupName = await stack.groupName();
    const { MixedInstancesPolicy } = await stack.group();
    const id = MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification?.LaunchTemplateId;
    await fleets.cloud.autoScaling.send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName,
        DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: id, Version: '1' } },
        Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 110 },
      }),
    );
    await stack.completeLaunches();
    await expect.poll(() => stack.states(), PATIENT).toEqual(['InService', 'InService', 'Terminating:Wait']);
    await fleets.cloud.autoScaling.send(new RollbackInstanceRefreshCommand({ AutoScalingGroupName }));
    expect((await stack.refreshes())[0]?.Status).toBe('RollbackInProgress');
    await expect
      .poll(async () => {
        for (const one of await stack.idsIn('Pending:Wait')) await stack.complete(one, 'ready', 'CONTINUE');
        for (const one of await stack.idsIn('Terminating:Wait'))
          await stack.complete(one, 'drain', 'CONTINUE');
        return (await stack.refreshes())[0]?.Status;
      }, PATIENT)
      .toBe('RollbackSuccessful');
    expect(await stack.versions()).toEqual(['2', '2']);
  });

  it('cannot be cancelled or rolled back when there is none', async () => {
    const stack = await fleets.createFleet({ desiredCapacity: 0 });
    const AutoScalingGroupName = await stack.groupName();
    for (const Command of [CancelInstanceRefreshCommand, RollbackInstanceRefreshCommand]) {
      await expect(
        fleets.cloud.autoScaling.send(new Command({ AutoScalingGroupName })),
      ).rejects.toMatchObject({ name: expect.stringMatching(/^ActiveInstanceRefreshNotFound/) });
    }
  });
});
