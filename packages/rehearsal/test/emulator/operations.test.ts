import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { callService } from './call-service.ts';
import type { FleetStack } from './fleet-stack.ts';
import { operationsTemplate } from './operations-template.ts';
import { useFleets } from './use-fleets.ts';

const fleets = useFleets();
const STACK = 'operations';

let fleet: FleetStack;
let outputs: Record<string, string>;
beforeAll(async () => {
  fleet = await fleets.createFleet({ desiredCapacity: 1 });
  await fleets.cloud.cloudFormation.send(
    new CreateStackCommand({ StackName: STACK, TemplateBody: operationsTemplate(await fleet.groupName()) }),
  );
  await vi.waitUntil(async () => (await status()) === 'CREATE_COMPLETE', { timeout: 20_000, interval: 100 });
  outputs = Object.fromEntries(
    ((await describeStack())?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
      OutputKey,
      OutputValue,
    ]),
  );
});

describe('what watches a fleet, in the emulated AWS', () => {
  it('is told of a launch that was given up, with its reason', async () => {
    await expect.poll(() => fleet.states()).toEqual(['Pending:Wait']);
    const [instance = ''] = await fleet.idsIn('Pending:Wait');
    await fleet.complete(instance, 'ready', 'ABANDON');
    await expect.poll(receive, { timeout: 5_000 }).toContain('could not launch: Instance failed to complete');
  });

  it('has a budget with its notices', async () => {
    const answer = await call('budgets', 'AWSBudgetServiceGateway.DescribeBudget', {
      AccountId: '000000000000',
      BudgetName: outputs.Budget,
    });
    expect(answer.Budget).toMatchObject({ BudgetLimit: { Amount: '4000', Unit: 'USD' } });
    const notices = await call('budgets', 'AWSBudgetServiceGateway.DescribeNotificationsForBudget', {
      AccountId: '000000000000',
      BudgetName: outputs.Budget,
    });
    expect(notices.Notifications).toHaveLength(1);
  });

  it('raises an alarm on what agents publish', async () => {
    await call('monitoring', 'GraniteServiceVersion20100801.PutMetricData', {
      Namespace: 'PixtralFleet',
      MetricData: [
        { MetricName: 'GateFailed', Value: 1, Dimensions: [{ Name: 'StackName', Value: 'Fleet' }] },
      ],
    });
    const { MetricAlarms } = await call('monitoring', 'GraniteServiceVersion20100801.DescribeAlarms', {
      AlarmNames: ['gate-failures'],
    });
    expect(MetricAlarms[0].StateValue).toBe('ALARM');
  });

  it('is gone with its stack', async () => {
    await fleets.cloud.cloudFormation.send(new DeleteStackCommand({ StackName: STACK }));
    await expect.poll(status, { timeout: 20_000 }).toBe('gone');
    const { Budgets } = await call('budgets', 'AWSBudgetServiceGateway.DescribeBudgets', {
      AccountId: '000000000000',
    });
    expect(Budgets).toEqual([]);
  });
});

async function describeStack() {
  const { Stacks } = await fleets.cloud.cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }));
  return Stacks?.[0];
}

async function status(): Promise<string> {
  try {
    const found = await describeStack();
    const now = found?.StackStatus ?? 'gone';
    if (now.endsWith('FAILED') || now.includes('ROLLBACK'))
      throw new Error(`${now}: ${found?.StackStatusReason}`);
    return now === 'DELETE_COMPLETE' ? 'gone' : now;
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) return 'gone';
    throw error;
  }
}

const call = (service: string, target: string, body: object) =>
  callService(fleets.cloud.emulator.endpointUrl, { service, target, body });

/** The next message of the queue that is subscribed to the topic. */
async function receive(): Promise<string> {
  const { Messages = [] } = await call('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: outputs.Inbox });
  return Messages[0]?.Body ?? '';
}
