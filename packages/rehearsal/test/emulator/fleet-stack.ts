import {
  type Activity,
  type AutoScalingGroup,
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  type Instance,
  type InstanceRefresh,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { pollUntil } from '../../src/run/poll.ts';
import { type FleetTemplateOptions, fleetTemplate } from './fleet-template.ts';
import type { TestCloud } from './test-cloud.ts';

/** A fleet's stack in a test's emulator, and shorthands for what tests ask of it. */
export class FleetStack {
  readonly name: string;
  readonly #cloud: TestCloud;

  constructor(cloud: TestCloud, name: string) {
    this.#cloud = cloud;
    this.name = name;
  }

  /** Creates the stack and waits until it stands. */
  async create(options: FleetTemplateOptions = {}): Promise<void> {
    await this.begin(options);
    await this.settled('CREATE_COMPLETE');
  }

  /** Creates the stack without waiting. */
  async begin(options: FleetTemplateOptions = {}): Promise<void> {
    await this.#cloud.cloudFormation.send(
      new CreateStackCommand({
        StackName: this.name,
        TemplateBody: fleetTemplate(options),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
  }

  /** Updates the stack and waits until it stands. */
  async update(options: FleetTemplateOptions): Promise<void> {
    await this.beginUpdate(options);
    await this.settled('UPDATE_COMPLETE');
  }

  /** Updates the stack without waiting. */
  async beginUpdate(options: FleetTemplateOptions): Promise<void> {
    await this.#cloud.cloudFormation.send(
      new UpdateStackCommand({
        StackName: this.name,
        TemplateBody: fleetTemplate(options),
        Capabilities: ['CAPABILITY_IAM'],
      }),
    );
  }

  async delete(): Promise<void> {
    await this.#cloud.cloudFormation.send(new DeleteStackCommand({ StackName: this.name }));
    await this.settled('gone');
  }

  /** Waits until nothing is under way, and fails with the stack's own reasons when it is not as expected. */
  async settled(expected: string): Promise<void> {
    const status = await pollUntil(
      async () => {
        const now = await this.status();
        return now.endsWith('_IN_PROGRESS') ? undefined : now;
      },
      {
        ...{ everyMs: 50, deadlineMs: 25_000, signal: new AbortController().signal },
        timedOut: () => new Error(`stack ${this.name} is still in progress after 25 s`),
      },
    );
    if (status === expected) return;
    const reasons = (await this.events()).flatMap(({ ResourceStatusReason }) => ResourceStatusReason ?? []);
    throw new Error(`stack ${this.name} is ${status}, not ${expected}: ${reasons.join('; ')}`);
  }

  async status(): Promise<string> {
    try {
      const { Stacks } = await this.#cloud.cloudFormation.send(
        new DescribeStacksCommand({ StackName: this.name }),
      );
      const status = Stacks?.[0]?.StackStatus ?? 'gone';
      return status === 'DELETE_COMPLETE' ? 'gone' : status;
    } catch (error) {
      if (error instanceof Error && error.message.includes('does not exist')) return 'gone';
      throw error;
    }
  }

  async outputs(): Promise<Record<string, string>> {
    const { Stacks } = await this.#cloud.cloudFormation.send(
      new DescribeStacksCommand({ StackName: this.name }),
    );
    return Object.fromEntries(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  }

  async events(): Promise<readonly StackEvent[]> {
    const { StackEvents = [] } = await this.#cloud.cloudFormation.send(
      new DescribeStackEventsCommand({ StackName: this.name }),
    );
    return StackEvents;
  }

  async group(): Promise<AutoScalingGroup> {
    const { AutoScalingGroups = [] } = await this.#cloud.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({}),
    );
    const group = AutoScalingGroups.find(({ AutoScalingGroupName }) =>
      AutoScalingGroupName?.startsWith(this.name),
    );
    if (!group) throw new Error(`stack ${this.name} has no group`);
    return group;
  }

  async groupName(): Promise<string> {
    return (await this.group()).AutoScalingGroupName ?? '';
  }

  async instances(): Promise<readonly Instance[]> {
    return (await this.group()).Instances ?? [];
  }

  /** Lifecycle states, sorted. */
  async states(): Promise<readonly (string | undefined)[]> {
    return (await this.instances()).map(({ LifecycleState }) => LifecycleState).sort();
  }

  /** Ids of the instances in a lifecycle state. */
  async idsIn(state: string): Promise<readonly string[]> {
    return (await this.instances())
      .filter(({ LifecycleState }) => LifecycleState === state)
      .map(({ InstanceId = '' }) => InstanceId);
  }

  async complete(instanceId: string, hook: 'ready' | 'drain', result: 'CONTINUE' | 'ABANDON'): Promise<void> {
    await this.#cloud.autoScaling.send(
      new CompleteLifecycleActionCommand({
        AutoScalingGroupName: await this.groupName(),
        LifecycleHookName: hook,
        LifecycleActionResult: result,
        InstanceId: instanceId,
      }),
    );
  }

  /** Puts every instance that waits for its launch hook into service. */
  async completeLaunches(): Promise<void> {
    for (const id of await this.idsIn('Pending:Wait')) await this.complete(id, 'ready', 'CONTINUE');
  }

  /** Ends an instance through the group, as an operator or a drill does. */
  async terminate(instanceId: string, how: { readonly decrement: boolean }): Promise<void> {
    await this.#cloud.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: how.decrement,
      }),
    );
  }

  async resize(desired: number): Promise<void> {
    await this.#cloud.autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: await this.groupName(),
        DesiredCapacity: desired,
      }),
    );
  }

  /** Newest first. */
  async activities(): Promise<readonly Activity[]> {
    const { Activities = [] } = await this.#cloud.autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: await this.groupName() }),
    );
    return Activities;
  }

  /** The group's instance refreshes, newest first. */
  async refreshes(): Promise<readonly InstanceRefresh[]> {
    const { InstanceRefreshes = [] } = await this.#cloud.autoScaling.send(
      new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: await this.groupName() }),
    );
    return InstanceRefreshes;
  }

  /** Launch template versions of the instances, sorted. */
  async versions(): Promise<readonly (string | undefined)[]> {
    return (await this.instances()).map(({ LaunchTemplate }) => LaunchTemplate?.Version).sort();
  }

  /** Puts into service and lets go whatever waits for its hook, until nothing is under way; as agents would. */
  async carryOn(expected: string): Promise<void> {
    const carrying = new AbortController();
    const hooks = (async () => {
      while (!carrying.signal.aborted) {
        for (const id of await this.idsIn('Pending:Wait')) await this.complete(id, 'ready', 'CONTINUE');
        for (const id of await this.idsIn('Terminating:Wait')) await this.complete(id, 'drain', 'CONTINUE');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    try {
      await this.settled(expected);
    } finally {
      carrying.abort();
      await hooks;
    }
  }

  /** Ids in the target group. */
  async registered(): Promise<readonly (string | undefined)[]> {
    const { TargetGroup } = await this.outputs();
    const { TargetHealthDescriptions = [] } = await this.#cloud.elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: TargetGroup }),
    );
    return TargetHealthDescriptions.map(({ Target }) => Target?.Id).sort();
  }

  /** What EC2 says of an instance: `running`, `terminated`, … */
  async ec2State(instanceId: string): Promise<string | undefined> {
    const { Reservations = [] } = await this.#cloud.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    );
    return Reservations[0]?.Instances?.[0]?.State?.Name;
  }
}
