import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishTargetHealth } from '../../src/emulator/index.ts';
import { FleetStack } from './fleet-stack.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
let stack: FleetStack;
let targetGroup = '';
let first = '';
let second = '';
beforeAll(async () => {
  cloud = await startTestCloud();
  stack = new FleetStack(cloud, 'health');
  await stack.create({ desiredCapacity: 2 });
  await stack.completeLaunches();
  targetGroup = (await stack.outputs()).TargetGroup ?? '';
  [first = '', second = ''] = await stack.idsIn('InService');
}, 120_000);
afterAll(() => cloud?.close());

describe('target health', () => {
  it('is `initial` until the balancer has said otherwise', async () => {
    expect(await health()).toEqual({ [first]: ['initial'], [second]: ['initial'] });
  });

  it('is what the balancer saw, with its reason', async () => {
    await publish({
      [first]: { state: 'healthy' },
      [second]: { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' },
    });
    expect(await health()).toEqual({
      [first]: ['healthy'],
      [second]: ['unhealthy', 'Target.ResponseCodeMismatch'],
    });
  });

  it('shows a target that left the group for as long as the balancer drains it', async () => {
    await stack.terminate(first, { decrement: true });
    await publish({ [first]: { state: 'draining' }, [second]: { state: 'healthy' } });
    expect(await health()).toEqual({ [first]: ['draining'], [second]: ['healthy'] });
    await publish({ [second]: { state: 'healthy' } });
    expect(await health()).toEqual({ [second]: ['healthy'] });
  });

  it('is refused for a target group that does not exist', async () => {
    const unknown = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/none/1';
    await expect(publishTargetHealth(cloud.emulator.endpointUrl, unknown, {})).rejects.toThrow(
      `Target group '${unknown}' not found.`,
    );
  });
});

function publish(states: Parameters<typeof publishTargetHealth>[2]): Promise<void> {
  return publishTargetHealth(cloud.emulator.endpointUrl, targetGroup, states);
}

/** State and reason by instance. */
async function health(): Promise<Record<string, readonly string[]>> {
  const { TargetHealthDescriptions = [] } = await cloud.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  return Object.fromEntries(
    TargetHealthDescriptions.map(({ Target, TargetHealth }) => [
      Target?.Id ?? '',
      [TargetHealth?.State ?? '', TargetHealth?.Reason ?? ''].filter(Boolean),
    ]),
  );
}
