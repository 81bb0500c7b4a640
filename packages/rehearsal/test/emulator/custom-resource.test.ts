import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groupRuns } from '../../src/run/child-process.ts';
import { FleetStack } from './fleet-stack.ts';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ PIXTRAL_ENDPOINT_OVERRIDE: 'http://127.0.0.1:4711' });
}, 120_000);
afterAll(() => cloud?.close());

const RESPOND = `
const respond = (event, answer) => fetch(event.ResponseURL, {
  method: 'PUT',
  body: JSON.stringify({
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    PhysicalResourceId: 'verification', ...answer,
  }),
});
`;

/** Asks the emulator, from within, until two instances serve; as the fleet's verification does. */
const WAITING = `${RESPOND}
const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/autoscaling/aws4_request, SignedHeaders=host, Signature=none';
exports.handler = async (event) => {
  if (event.RequestType === 'Delete') return respond(event, { Status: 'SUCCESS' });
  for (;;) {
    const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: 'POST', headers: { authorization }, body: 'Action=DescribeAutoScalingGroups&Version=2011-01-01',
    });
    if ((await answer.text()).split('>InService<').length > 2) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const Answer = [process.env.PIXTRAL_ENDPOINT_OVERRIDE, event.ResourceProperties.Version].join(' ');
  return respond(event, { Status: 'SUCCESS', Data: { Answer } });
};
`;

const REFUSING = `${RESPOND}
exports.handler = (event) => respond(event, event.RequestType === 'Delete'
  ? { Status: 'SUCCESS' }
  : { Status: 'FAILED', Reason: 'the gate refused i-1: "blue" is not "red"' });
`;

describe('a custom resource', () => {
  it('holds the stack until its Lambda has seen, through the API, that the fleet serves', async () => {
    const stack = new FleetStack(cloud, 'waiting');
    await stack.begin({ lambda: WAITING });
    await expect
      .poll(async () => (await stack.events()).map(({ LogicalResourceId }) => LogicalResourceId), {
        timeout: 20_000,
      })
      .toContain('Verification');
    await expect.poll(() => stack.states()).toEqual(['Pending:Wait', 'Pending:Wait']);
    expect(await stack.status()).toBe('CREATE_IN_PROGRESS');
    await stack.completeLaunches();
    await stack.settled('CREATE_COMPLETE');
    expect((await stack.outputs()).Answer).toBe('http://127.0.0.1:4711 1');
    await stack.delete();
  });

  it('that fails rolls the stack back with the reason in its events, and no instance is left', async () => {
    const stack = new FleetStack(cloud, 'refused');
    await stack.begin({ lambda: REFUSING });
    await stack.settled('ROLLBACK_COMPLETE');
    const failed = (await stack.events()).find(
      ({ ResourceStatus, LogicalResourceId }) =>
        ResourceStatus === 'CREATE_FAILED' && LogicalResourceId === 'Verification',
    );
    expect(failed?.ResourceStatusReason).toContain('the gate refused i-1: "blue" is not "red"');
    await expect(stack.group()).rejects.toThrow('has no group');
  });

  it('leaves no worker running when the emulator stops in the middle of it', async () => {
    const own = await startTestCloud();
    const stack = new FleetStack(own, 'stopped');
    await stack.begin({ lambda: WAITING });
    await expect.poll(() => stack.states(), { timeout: 20_000 }).toEqual(['Pending:Wait', 'Pending:Wait']);
    await own.close();
    await expect.poll(() => groupRuns(own.emulator.pid)).toBe(false);
  });
});
