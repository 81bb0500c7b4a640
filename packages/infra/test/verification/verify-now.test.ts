import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDirectAnswer } from '../../src/verification/direct-invocation.ts';
import { verifyNow } from '../../src/verification/verify-now.ts';

let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

describe('verification on request', () => {
  it('does not ask a fleet without an instance in service, and says what there is', async () => {
    const answer = await verifyNow(await fleetWith([['i-1', 'Pending:Wait']]));
    expect(answer).toEqual({
      kind: 'could-not-run',
      reason: 'no instance is in service, 2 are desired (instances: i-1 Pending:Wait)',
    });
  });

  it('asks those in service, and reports a balancer that does not answer as checks that failed', async () => {
    const answer = await verifyNow(
      await fleetWith([
        ['i-1', 'InService'],
        ['i-2', 'Terminating:Wait'],
      ]),
    );
    if (answer.kind !== 'report') throw new Error(answer.reason);
    expect(answer.instances).toEqual(['i-1']);
    expect(answer.report.ok).toBe(false);
    expect(parseDirectAnswer(JSON.parse(JSON.stringify(answer)))).toEqual(answer);
  });
});

describe('the payload of the Lambda', () => {
  it.each([undefined, null, {}, { kind: 'report' }, { errorMessage: 'Task timed out' }])(
    'that is no answer (%j) fails with what to do',
    (payload) => {
      expect(() => parseDirectAnswer(payload)).toThrow(/expected a report: .* deploy again/);
    },
  );
});

/** A fleet whose group is described by a server of this test, and whose balancer answers nothing. */
async function fleetWith(instances: readonly (readonly [id: string, state: string])[]) {
  const members = instances
    .map(
      ([id, state]) =>
        `<member><InstanceId>${id}</InstanceId><LifecycleState>${state}</LifecycleState></member>`,
    )
    .join('');
  server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>fleet</AutoScalingGroupName><DesiredCapacity>2</DesiredCapacity><Instances>${members}</Instances></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
    );
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const settings = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    clients: { autoScaling: new AutoScalingClient(settings), s3: new S3Client(settings) },
    names: { autoScalingGroup: 'fleet', bucket: 'b', bootReportPrefix: 'boot-reports/' },
    endpointUrl: 'http://127.0.0.1:9',
    apiKey: 'k'.repeat(16),
    servedModelName: 'pixtral-12b',
  };
}
